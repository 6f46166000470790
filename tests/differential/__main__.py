"""Compare many programs, drawn anew each time: `python tests/differential 5000`; 1 when any is read wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random, SystemRandom
from time import monotonic

from comparison import Disagreement, compare
from frameworks import both
from programs import write_program
from truth import Unusable

REPORT_EVERY = 100


def main(count: int, first: int) -> int:
    """Compare so many programs, each written from the next seed, and print what was found.

    Args:
        count: how many programs that can be measured.
        first: the first seed; the same gives the same programs.
    """
    print(f"{count} programs from seed {first}", flush=True)
    start, wrong, agreed, refused, number, seed = monotonic(), 0, 0, 0, 0, first
    while number < count:
        program = write_program(Random(seed))
        try:
            found = compare(program, both()[program.keras])
        except Unusable:
            refused += 1
        else:
            number += 1
            wrong += bool(found)
            agreed = 0 if found else agreed + 1
            print(*_report(seed, found), sep="", end="", flush=True)
            if number % REPORT_EVERY == 0:
                minutes = (monotonic() - start) / 60
                print(f"{number} programs, {wrong} with a disagreement; {minutes:.1f} minutes", flush=True)
        seed += 1
    print(f"{number} programs, {wrong} with a disagreement, {refused} refused; the last {agreed} agreed in a row")
    return 1 if wrong else 0


def _report(seed: int, found: tuple[Disagreement, ...]) -> Iterator[str]:
    if found:
        yield f"\n# seed {seed}\n{found[0].program}\n"
        yield from (f"# {one.verdicts}\n" for one in found)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else SystemRandom().randrange(10**9)))
