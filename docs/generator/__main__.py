"""Write what can be known from the program into the documentation, or, with `--check`, say where it differs.

    python docs/generator [--check]

The pages of rules/ become docs/rules.md, docs/rules/ and the table in the README; the options become docs/options.md
and docs/schema/config.json; the command line becomes docs/cli.md; and each console example of a page is run again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from command_page import command_page
from examples import with_outputs
from option_page import option_page
from rule_pages import rule_index, rule_page, rule_table

from padlint.catalogue import load_catalogue
from padlint.config import schema

CHECKOUT = Path(__file__).parents[2]
RULE_PAGES = "docs/rules"


def main() -> int:
    """Write the pages, or compare them; return 1 where a page is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, and exit with 1 where a page would change")
    check = parser.parse_args().check
    expected = dict(pages())
    stale = [path for path, text in expected.items() if written(path) != text]
    orphaned = list(orphans(expected))
    for path in (*stale, *orphaned):
        print(f"{path}: {'not up to date' if check else 'written' if path in expected else 'removed'}")
    if check:
        if stale or orphaned:
            print("`make docs` brings them up to date")
        return 1 if stale or orphaned else 0
    for path in stale:
        write(path, expected[path])
    for path in orphaned:
        (CHECKOUT / path).unlink()
    return 0


def pages() -> Iterator[tuple[str, str]]:
    """Yield every page that holds something generated: its path in the checkout, and what it should hold."""
    catalogue = load_catalogue()
    yield f"{RULE_PAGES}.md", rule_index(catalogue)
    for rule in catalogue:
        yield f"{RULE_PAGES}/{rule.code}.md", rule_page(rule, catalogue)
    yield "docs/options.md", option_page()
    yield "docs/schema/config.json", json.dumps(schema(), indent=2) + "\n"
    yield "docs/cli.md", command_page()
    table = "\n".join(rule_table(catalogue, f"{RULE_PAGES}/"))
    for path in by_hand():
        text = written(path) or ""
        yield path, with_outputs(with_section(text, "rules", table), CHECKOUT)


def by_hand() -> Iterator[str]:
    """Yield the pages that people write, in which only tables and examples are generated."""
    for file in (CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))):
        if not file.read_text(encoding="utf-8").startswith("<!-- Generated"):
            yield file.relative_to(CHECKOUT).as_posix()


def with_section(text: str, name: str, content: str) -> str:
    """Return a page with the text between the marks of a section replaced; without such marks, the page as it is."""
    opening, closing = f"<!-- {name}: `make docs` writes this -->\n", f"<!-- end of {name} -->\n"
    before, opened, rest = text.partition(opening)
    _, closed, after = rest.partition(closing)
    return f"{before}{opening}\n{content}\n\n{closing}{after}" if opened and closed else text


def orphans(expected: Mapping[str, str]) -> Iterator[str]:
    """Yield the pages of rules that are gone."""
    for file in sorted((CHECKOUT / RULE_PAGES).glob("*.md")):
        path = file.relative_to(CHECKOUT).as_posix()
        if path not in expected:
            yield path


def written(path: str) -> str | None:
    """Return what a page holds now, None when there is no such page."""
    file = CHECKOUT / path
    return file.read_text(encoding="utf-8") if file.is_file() else None


def write(path: str, text: str) -> None:
    """Write a page, and the folder that it is in."""
    file = CHECKOUT / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
