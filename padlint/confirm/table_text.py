"""Write layers.toml: the part kept by hand as it stands, below it what was measured, sorted and without repetition."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from enum import StrEnum

from padlint.confirm.survey import Survey
from padlint.graph import Known, Side
from padlint.keras.facts import LayerFacts, OutputFacts
from padlint.keras.table import (
    Among,
    Condition,
    Entries,
    Equals,
    Given,
    HasAxis,
    Row,
    Signature,
    Table,
    Wraps,
)

VERSIONS = (2, 3)
MARK = "# Measured: `python -m padlint.confirm.measure_layers` writes all below this line."
_BY_RULE = frozenset({"kind", "certain", "unmeasured", "history", "hides"})


def surveys_of(table: Table) -> dict[int, Survey]:
    """Take a table that was read apart into what was measured of each Keras version."""
    return {version: _survey_of(table, version) for version in VERSIONS if table.measured_with[version]}


def _survey_of(table: Table, version: int) -> Survey:
    rows = {kind: tuple(_of_version(group, version)) for kind, group in table.rows.items()}
    return Survey(
        measured_with=table.measured_with[version],
        rows={kind: group for kind, group in rows.items() if group},
        signatures=table.signatures[version],
        unprobed=table.unprobed[version],
        aliases=table.measured_aliases,
        functions=table.functions,
        same_object=table.same_object[version],
    )


def _of_version(rows: Iterable[Row], version: int) -> Iterator[Row]:
    for row in rows:
        if version in row.keras:
            this = frozenset({version})
            yield replace(
                row,
                facts=replace(row.facts, history=()),
                keras=this,
                states_hide_mask=row.states_hide_mask & this,
                warns=row.warns & this,
            )


def table_text(by_hand: str, surveys: Mapping[int, Survey]) -> str:
    """Render the table."""
    return "\n".join([by_hand.partition(MARK)[0].rstrip(), "", MARK, *_measured(surveys), ""])


def _measured(surveys: Mapping[int, Survey]) -> Iterator[str]:
    yield from _section("measured_with", {f"keras{version}": one.measured_with for version, one in surveys.items()})
    yield from _section("aliases", _united(one.aliases for one in surveys.values()))
    yield from _section("functions", _united(one.functions for one in surveys.values()))
    for version, one in surveys.items():
        yield from _section(f"same_object.keras{version}", one.same_object)
    for version, one in surveys.items():
        yield from _section(f"unprobed.keras{version}", one.unprobed)
    yield from _signatures({version: one.signatures for version, one in surveys.items()})
    for kind in sorted({kind for one in surveys.values() for kind in one.rows}):
        for row in _merged([one.rows.get(kind, ()) for _, one in sorted(surveys.items())]):
            yield from _row(kind, row)


def _united(parts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for part in parts for name, value in part.items()}


def _section(name: str, entries: Mapping[str, str]) -> Iterator[str]:
    if entries:
        yield from ("", f"[{name}]", *(f"{_key(key)} = {_value(value)}" for key, value in sorted(entries.items())))


# Signatures ---------------------------------------------------------------------------------------------------------


def _signatures(by_version: Mapping[int, Mapping[str, Signature]]) -> Iterator[str]:
    """Write what all versions share once, then what each has of its own."""
    first, *others = by_version.values()
    shared = {kind: one for kind, one in first.items() if others and all(other.get(kind) == one for other in others)}
    groups = {"both": shared} | {
        f"keras{version}": {kind: one for kind, one in signatures.items() if kind not in shared}
        for version, signatures in by_version.items()
    }
    for name, signatures in groups.items():
        for kind, one in sorted(signatures.items()):
            entries = _signature(one)
            if entries:
                yield from ("", f"[signatures.{name}.{kind}]", *(f"{key} = {value}" for key, value in entries.items()))


def _signature(signature: Signature) -> dict[str, str]:
    words = {
        "init": signature.parameters.init,
        "call": signature.parameters.call,
        "inputs": signature.parameters.inputs,
    }
    entries = {name: _value(" ".join(names)) for name, names in words.items() if names}
    if signature.ranks:
        entries["ranks"] = _value(signature.ranks)
    if signature.defaults:
        entries["defaults"] = _inline({name: _value(value) for name, value in sorted(signature.defaults.items())})
    return entries


# Rows ---------------------------------------------------------------------------------------------------------------


def _merged(groups: Sequence[Sequence[Row]]) -> list[Row]:
    """Merge the rows of two versions into one list that keeps the order of each: rows are tried in order."""
    if len(groups) == 1:
        return list(groups[0])
    older, newer = groups
    merged: list[Row] = []
    start = 0
    for row in older:
        found = next((index for index in range(start, len(newer)) if _alike(row, newer[index])), None)
        if found is None:
            merged.append(row)
        else:
            merged += [*newer[start:found], _joined(row, newer[found])]
            start = found + 1
    return [*merged, *newer[start:]]


def _alike(one: Row, other: Row) -> bool:
    return (one.when, one.facts, one.hides_setting) == (other.when, other.facts, other.hides_setting)


def _joined(one: Row, other: Row) -> Row:
    return replace(
        one,
        keras=one.keras | other.keras,
        states_hide_mask=one.states_hide_mask | other.states_hide_mask,
        warns=one.warns | other.warns,
    )


def _row(kind: str, row: Row) -> Iterator[str]:
    yield from ("", f"[[layers.{kind}]]")
    if row.keras != frozenset(VERSIONS):
        yield f"keras = {_value(tuple(sorted(row.keras)))}"
    if row.when:
        yield f"when = {_inline(dict(map(_condition, row.when)))}"
    yield from (f"{name} = {value}" for name, value in _facts(row.facts))
    for name, versions in (("states_hide_mask", row.states_hide_mask), ("warns", row.warns)):
        if versions:
            yield f"{name} = {_value(tuple(sorted(versions)))}"
    if row.hides_setting:
        yield f"hides_setting = {_value(row.hides_setting)}"
    elif isinstance(row.facts.hides, Known):
        yield f"hides = {_value(row.facts.hides.value)}"


def _facts(facts: LayerFacts) -> Iterator[tuple[str, str]]:
    """Yield every fact that is not what a row says by being silent."""
    silent = LayerFacts(facts.kind, facts.part)
    yield "part", _value(facts.part)
    for one in fields(facts):
        value = getattr(facts, one.name)
        if one.name not in _BY_RULE and value != getattr(silent, one.name):
            yield one.name, _fact(value)


def _fact(value: object) -> str:
    match value:
        case frozenset():
            return _value(" ".join(sorted(value)))
        case tuple() if value and isinstance(value[0], OutputFacts):
            return f"[{', '.join(_output(one) for one in value)}]"
        case tuple() if value and isinstance(value[0], str):
            return _value(" ".join(value))
        case Mapping():
            return _inline({str(side): _value(fill) for side, fill in sorted(value.items())})
        case _:
            return _value(value)


def _output(output: OutputFacts) -> str:
    sides: dict[str, frozenset[Side]] = {"leaks_unmasked": output.leaks_unmasked, "leaks_masked": output.leaks_masked}
    words = {name: _fact(found) for name, found in sides.items() if found}
    return _inline({"steps": _value(output.steps), "mask_out": _value(output.mask_out), **words})


def _condition(condition: Condition) -> tuple[str, str]:
    match condition:
        case Equals(setting, value):
            return _key(setting), _value(value)
        case HasAxis(setting, axis):
            return _key(setting), _inline({"has": _value(axis)})
        case Among(setting, words):
            return _key(setting), _inline({"among": _value(" ".join(words))})
        case Entries(setting, count):
            return _key(setting), _inline({"entries": _value(count)})
        case Given(setting, given):
            return _key(setting), _inline({"given": _value(given)})
        case Wraps(holder, kinds):
            return _key(holder), _value(" ".join(kinds))


# TOML ---------------------------------------------------------------------------------------------------------------


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() else json.dumps(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case StrEnum():
            return json.dumps(str(value))
        case tuple():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return json.dumps(value)


def _inline(entries: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{key} = {value}' for key, value in entries.items())} }}"
