"""The rules: each is a page of `rules/`, and this module reads their front matter.

The pages are shipped as data. Their prose is read again only when someone asks for it (`padlint rule`, SARIF).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

from padlint.dataclass import dataclass
from padlint.finding import Severity
from padlint.spelling import nearest

EVERYTHING = "ALL"
_FENCE = "+++"


class CatalogueError(Exception):
    """The rule pages are absent or one of them is malformed: the installation is broken."""


class UnknownRule(ValueError):
    """A selector that names no rule; `nearest` is the closest right one, or ""."""

    def __init__(self, selector: str, nearest: str) -> None:
        self.selector = selector
        self.nearest = nearest
        hint = f", did you mean `{nearest}`?" if nearest else "; `padlint rule` lists them"
        super().__init__(f"unknown rule `{selector}`{hint}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one page says of its rule.

    Args:
        kind: the kind of observation that the rule reports.
        severity: what a finding costs, or None when the flow decides case by case.
        default: whether the rule is on without being selected.
        preview: whether it may still change, and is on only where `preview` is.
        pooling: whether it speaks of programs, too, that only pool or flatten; these are read where such a rule is on.
        message: what is wrong, with `{placeholders}` for the facts of the finding.
        help: what to write instead, with the same placeholders, or "".
        summary: the page's first sentence.
    """

    code: str
    name: str
    kind: str
    severity: Severity | None
    default: bool
    since: str
    tags: tuple[str, ...]
    message: str
    help: str
    summary: str
    page: Path
    preview: bool = False
    pooling: bool = False

    def worded(self, **words: str) -> tuple[str, str | None]:
        """Return the message and the help with their placeholders filled in; what has no word is left out."""
        given = _Words(words)
        return self.message.format_map(given), self.help.format_map(given) or None

    @property
    def body(self) -> str:
        """The page's Markdown, without its front matter."""
        return _split(self.page.read_text(encoding="utf-8"), self.page.name)[1]


class _Words(dict[str, str]):
    """The words for a page's placeholders."""

    def __missing__(self, placeholder: str) -> str:
        return ""


@dataclass(frozen=True)
class Catalogue:
    """Every rule, in the order of the codes."""

    rules: tuple[Rule, ...]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    @cached_property
    def _by_key(self) -> Mapping[str, Rule]:
        return {key: rule for rule in self.rules for key in (rule.code, rule.name)}

    def find(self, code_or_name: str) -> Rule:
        """Return the rule with this code or name, in any case; raise `UnknownRule` when there is none."""
        rule = self._named(code_or_name.strip())
        if rule is None:
            raise self._unknown(code_or_name)
        return rule

    def matching(self, selector: str) -> tuple[Rule, ...]:
        """Return the rules that a selector names: `ALL`, a code, a prefix of codes (`PAD1`), or a name."""
        wanted = selector.strip().upper()
        if wanted == EVERYTHING:
            return self.rules
        exact = self._named(selector.strip())
        if exact is not None:
            return (exact,)
        chosen = tuple(rule for rule in self.rules if wanted and rule.code.startswith(wanted))
        if not chosen:
            raise self._unknown(selector)
        return chosen

    def _named(self, key: str) -> Rule | None:
        return self._by_key.get(key.upper()) or self._by_key.get(key.lower())

    def _unknown(self, selector: str) -> UnknownRule:
        return UnknownRule(selector, nearest(selector.strip(), self._by_key) or "")


def rule_folder() -> Path:
    """Return the shipped `padlint/rules`, or the checkout's `rules/` in an editable install."""
    # Not by importlib.resources, which imports what reads archives, more than the pages take.
    shipped = Path(__file__).with_name("rules")
    return shipped if shipped.is_dir() else Path(__file__).parents[1] / "rules"


@cache
def page_url(code: str) -> str:
    """Return where the page of a rule can be read: the one that was installed, which fits the rule as it is here."""
    return (rule_folder() / f"{code}.md").absolute().as_uri()


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read the front matter of every page in `folder`, by default the installed one."""
    where = rule_folder() if folder is None else folder
    if not where.is_dir():
        raise CatalogueError(f"the rule pages are missing: no folder {where}; reinstall padlint")
    pages = [entry for entry in where.iterdir() if entry.name.startswith("PAD") and entry.name.endswith(".md")]
    if not pages:
        raise CatalogueError(f"the rule pages are missing: {where} holds none; reinstall padlint")
    return Catalogue(tuple(_read(page) for page in sorted(pages, key=lambda page: page.name)))


def _split(text: str, page: str) -> tuple[str, str]:
    """Split a page into its TOML front matter and its Markdown body."""
    opening, _, rest = text.partition("\n")
    front, fence, body = rest.partition(f"\n{_FENCE}\n")
    if opening.strip() != _FENCE or not fence:
        raise CatalogueError(f"{page}: no front matter between `{_FENCE}` lines")
    return front, body.strip("\n") + "\n"


def _read(page: Path) -> Rule:
    front, body = _split(page.read_text(encoding="utf-8"), page.name)
    try:
        table = tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{page.name}: {error}") from error
    fields = _Fields(page.name, table)
    severity = fields.text("severity", "")
    if severity and severity not in set(Severity):
        raise CatalogueError(f"{page.name}: severity `{severity}` is none of {', '.join(Severity)}")
    return Rule(
        code=fields.text("code"),
        name=fields.text("name"),
        kind=fields.text("kind"),
        severity=Severity(severity) if severity else None,
        default=fields.flag("default"),
        preview=fields.flag("preview", absent=False),
        pooling=fields.flag("pooling", absent=False),
        since=fields.text("since", ""),
        tags=fields.texts("tags"),
        message=fields.text("message"),
        help=fields.text("help", ""),
        summary=_first_paragraph(body),
        page=page,
    )


def _first_paragraph(body: str) -> str:
    paragraphs = (" ".join(block.split()) for block in body.split("\n\n"))
    return next((block for block in paragraphs if block and not block.startswith("#")), "")


@dataclass(frozen=True, slots=True)
class _Fields:
    """The front matter of one page, read with the type that each key must have."""

    page: str
    table: Mapping[str, object]

    def text(self, key: str, absent: str | None = None) -> str:
        value = self.table.get(key, absent)
        if not isinstance(value, str):
            raise CatalogueError(f"{self.page}: `{key}` must be a string")
        return value

    def flag(self, key: str, *, absent: bool | None = None) -> bool:
        value = self.table.get(key, absent)
        if not isinstance(value, bool):
            raise CatalogueError(f"{self.page}: `{key}` must be true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise CatalogueError(f"{self.page}: `{key}` must be a list of strings")
        return tuple(value)
