"""The command line: the only module that reads arguments, prints, and decides exit codes."""

# Annotations are what typer makes options of: were they texts, each run would compile them, a tenth of its start-up.

import errno
import gc
import json
import os
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, IntEnum, StrEnum
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from typer.core import TyperCommand, TyperGroup

from padlint import __version__
from padlint.cache.store import is_cache
from padlint.case import CannotMeasure, NotMeasured
from padlint.catalogue import Catalogue, CatalogueError, Rule, UnknownRule, load_catalogue, page_url
from padlint.config import ConfigError, Configurations, FailOn, Settings, effective, inline, schema
from padlint.dataclass import dataclass
from padlint.finding import Applicability, Confidence, Finding, Severity, Verdict
from padlint.policy import baseline
from padlint.policy.selection import selected
from padlint.report import Format, Report, Trouble, reporter
from padlint.report.diff import unified
from padlint.report.palette import PLAIN, TERMINAL, Palette
from padlint.report.place import shown_place
from padlint.report.plain import confirmation_object
from padlint.report.proof import proof_text
from padlint.report.statistics import statistics_json, statistics_text
from padlint.session import Buffer, Mended, Request, add_ignores, files, mend, run, write
from padlint.sources.discover import Found, MissingPath
from padlint.sources.rewrite import CannotRewrite, write_file
from padlint.spelling import nearest, suggestion

if TYPE_CHECKING:
    from typer._click.core import Parameter

    from padlint.confirm.messages import Measured

VERBS = ("check", "confirm", "rule", "config", "clean")
_OF_THE_GROUP = ("-h", "--help", "--version", "--install-completion", "--show-completion")


class ExitCode(IntEnum):
    """What the process says to whoever started it."""

    CLEAN = 0
    FINDINGS = 1
    TROUBLE = 2
    INTERRUPTED = 130


class Colour(StrEnum):
    """When to colour a report for people."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Listing(StrEnum):
    """How to print what is not a report."""

    TEXT = "text"
    JSON = "json"


class PaddedSide(StrEnum):
    """Which side of sequences to pad."""

    PRE = "pre"
    POST = "post"
    BOTH = "both"


class LoadedIn(StrEnum):
    """The major version of Keras to load a model in."""

    AUTO = "auto"
    KERAS_2 = "2"
    KERAS_3 = "3"


class Verb(TyperCommand):
    """A verb that has typer convert only what needs it."""

    # typer passes its own Context, which is a subclass of the one that its base class names; in Verbs as well.
    def get_params(self, ctx: typer.Context) -> "list[Parameter]":  # type: ignore[override]
        """Return the parameters."""
        return [_sparing(parameter) for parameter in super().get_params(ctx)]


def _sparing(parameter: "Parameter") -> "Parameter":
    """Have a parameter take text as it is given, and its default as it is.

    typer converts every value with pydantic, and to import that costs more than all else that a run without a model
    imports.
    """
    # Not every typer has descriptors; those that have none convert without pydantic.
    descriptor = getattr(parameter, "type_descriptor", None)
    if descriptor is not None and not parameter.required and not isinstance(parameter.process_value, partial):
        process = partial(_converted, descriptor.annotation, parameter.process_value)
        parameter.process_value = process  # type: ignore[method-assign] # typer makes its parameters itself
    return parameter


def _converted(wanted: object, convert: Callable[..., object], ctx: typer.Context, value: object) -> object:
    """Return what a parameter comes to that need not be given; None is one that was not."""
    texts = value if isinstance(value, list | tuple) else (value,)
    choices = _choices(wanted)
    if isinstance(value, str) and choices and value not in choices:
        raise typer.BadParameter(f"`{value}` is none of {', '.join(choices)}{suggestion(value, choices)}")
    is_text = wanted in (str, list[str]) and all(isinstance(each, str) for each in texts)
    return value if value is None or isinstance(value, Enum) or is_text else convert(ctx, value)


def _choices(wanted: object) -> tuple[str, ...]:
    """Return what a parameter may be when it is one of a few words."""
    kinds = (wanted, *getattr(wanted, "__args__", ()))
    return tuple(each.value for kind in kinds if isinstance(kind, type) and issubclass(kind, StrEnum) for each in kind)


class Verbs(TyperGroup):
    """A group in which `check` goes without saying, and in which whatever goes wrong ends in one line."""

    def get_params(self, ctx: typer.Context) -> "list[Parameter]":  # type: ignore[override]
        """Return the parameters."""
        return [_sparing(parameter) for parameter in super().get_params(ctx)]

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put the verb where it is missing, and the empty value where `--add-ignore` has none."""
        verb = nearest(args[0], VERBS) if args and args[0] not in VERBS and _is_no_path(args[0]) else None
        if verb is not None:
            _say(f"error: {args[0]} does not exist, and is no verb; did you mean `padlint {verb}`?")
            raise typer.Exit(ExitCode.TROUBLE)
        if not args or args[0] not in (*VERBS, *_OF_THE_GROUP):
            args = ["check", *args]
        args = [f"{arg}=" if arg == "--add-ignore" else arg for arg in args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override] # as above
        """Run a verb; an error is exit code 2, whatever typer would make of it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say("interrupted")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read the report has read enough. What is still buffered must go somewhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitCode.TROUBLE) from None
        except (ConfigError, MissingPath, UnknownRule, CatalogueError, CannotMeasure, NotMeasured) as error:
            _say(f"error: {error}")
            raise typer.Exit(ExitCode.TROUBLE) from None


def _is_no_path(word: str) -> bool:
    """Say whether a word can only be meant for a verb."""
    return word.isalpha() and not os.path.lexists(word)


# What writing to a disk that takes no more ends with.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

app = typer.Typer(
    cls=Verbs,
    help="Find Keras padding that escapes its mask.",
    epilog="`padlint PATHS` is `padlint check PATHS`; `padlint check --help` lists its options.",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run padlint; a crash is exit code 2, for 1 would say that there are findings."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file's name may not be text, and the terminal may not know every character of a program.
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="padlint")
    except Exception as error:  # noqa: BLE001 - the last place where a crash can be told from a finding
        if isinstance(error, OSError) and error.errno in _FULL:
            _say(f"error: what was found could not be printed: {error.strerror}")
            sys.exit(ExitCode.TROUBLE)
        if {"-v", "--verbose"} & set(sys.argv[1:]):
            traceback.print_exc()
        _say(
            f"error: padlint crashed ({type(error).__name__}: {error}); "
            "run it with --verbose, and report what that prints along with the file that does it"
        )
        sys.exit(ExitCode.TROUBLE)
    finally:
        # Python would look through all that there is once more before it ends, which takes as long as a small project.
        gc.freeze()


def _say_troubles(troubles: Iterable[Trouble], verbose: bool) -> None:
    for trouble in troubles:
        _say(f"error: {trouble.line}")
        if verbose and trouble.detail:
            _say(trouble.detail)


def _say(message: str) -> None:
    print(message, file=sys.stderr)


# check ----------------------------------------------------------------------------------------------------------


@app.command(cls=Verb)
def check(
    paths: Annotated[list[str] | None, typer.Argument(help="Files and folders; `-` is standard input.")] = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="RULES", help="Rules to report: codes, prefixes, names or ALL.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="RULES", help="Rules not to report.")] = None,
    extend_select: Annotated[
        list[str] | None, typer.Option(metavar="RULES", help="Rules to report besides the selected.")
    ] = None,
    per_file_ignores: Annotated[
        list[str] | None, typer.Option(metavar="GLOB:RULES", help="Rules not to report in the files of a glob.")
    ] = None,
    preview: Annotated[
        bool | None, typer.Option("--preview/--no-preview", help="Let rules be on that may still change.")
    ] = None,
    min_confidence: Annotated[Confidence | None, typer.Option(help="Least confidence to show.")] = None,
    fail_on: Annotated[FailOn | None, typer.Option(help="Least severity that makes the exit code 1.")] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 even when there are findings.")] = False,
    keras: Annotated[str | None, typer.Option(metavar="auto|2|3", help="Major version to judge by.")] = None,
    output_format: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT[:FILE]",
            envvar="PADLINT_OUTPUT_FORMAT",
            help=f"How to report; may be given more than once. {', '.join(Format)}.",
        ),
    ] = None,
    output_file: Annotated[
        Path | None, typer.Option("-o", "--output-file", metavar="FILE", help="File for the report.")
    ] = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count findings by rule instead; also as JSON.")
    ] = False,
    colour: Annotated[Colour, typer.Option("--color", help="When to colour.")] = Colour.AUTO,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOBS", help="Globs to leave out, in place of the defaults.")
    ] = None,
    extend_exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOBS", help="Globs to leave out besides.")
    ] = None,
    force_exclude: Annotated[
        bool | None,
        typer.Option("--force-exclude/--no-force-exclude", help="Leave out named files, too, that a glob excludes."),
    ] = None,
    respect_gitignore: Annotated[
        bool | None,
        typer.Option("--respect-gitignore/--no-respect-gitignore", help="Leave out what .gitignore names."),
    ] = None,
    config: Annotated[
        list[str] | None, typer.Option(metavar="FILE|KEY=VALUE", help="A configuration file, or one value of it.")
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Read no configuration file.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Neither read nor write the cache.")] = False,
    cache_dir: Annotated[
        str | None, typer.Option(metavar="DIR", envvar="PADLINT_CACHE_DIR", help="Folder of the cache.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("-j", "--jobs", metavar="N", min=1, envvar="PADLINT_JOBS", help="Most processes to use."),
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Rebuild the models of findings in TensorFlow, and measure the leak.")
    ] = False,
    verify_all: Annotated[
        bool, typer.Option("--verify-all", help="Measure layers without a finding, too; implies --confirm.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix/--no-fix", help="Make the safe fixes, and report what is left.")] = False,
    unsafe_fixes: Annotated[
        bool,
        typer.Option("--unsafe-fixes/--no-unsafe-fixes", help="Make fixes, too, that change what a model computes."),
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what fixes would change; change and report nothing.")
    ] = False,
    fix_only: Annotated[bool, typer.Option("--fix-only", help="Make fixes; do not report what is left.")] = False,
    show_fixes: Annotated[bool, typer.Option("--show-fixes", help="List what was fixed.")] = False,
    exit_non_zero_on_fix: Annotated[
        bool, typer.Option("--exit-non-zero-on-fix", help="Exit with 1 when anything was fixed, even all of it.")
    ] = False,
    stdin_filename: Annotated[
        str | None, typer.Option(metavar="PATH", help="The name of what comes on standard input.")
    ] = None,
    baseline_file: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE", help="Known findings, not to report again.")
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write all findings to the baseline; report none.")
    ] = False,
    add_ignore: Annotated[
        str | None,
        typer.Option(metavar="[=REASON]", help="Put an ignore comment at each finding, in place of reporting it."),
    ] = None,
    show_files: Annotated[bool, typer.Option("--show-files", help="List the files; lint nothing.")] = False,
    show_settings: Annotated[bool, typer.Option("--show-settings", help="List the settings; lint nothing.")] = False,
    fail_on_no_files: Annotated[
        bool, typer.Option("--fail-on-no-files", help="Exit with 1 when there is nothing to lint.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print the report alone.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say more of what went wrong.")] = False,
) -> None:
    """Lint files and folders (by default, the working folder)."""
    overrides: dict[str, object] = {
        "select": _listed(select),
        "ignore": _listed(ignore),
        "extend-select": _listed(extend_select),
        "per-file-ignores": _by_glob(per_file_ignores),
        "preview": preview,
        "min-confidence": min_confidence,
        "fail-on": fail_on,
        "keras": keras,
        "output-format": output_format or None,
        "exclude": _listed(exclude),
        "extend-exclude": _listed(extend_exclude),
        "force-exclude": force_exclude,
        "respect-gitignore": respect_gitignore,
        "cache-dir": cache_dir,
        "baseline": baseline_file,
    }
    configurations = _configurations(config or [], overrides, isolated)
    fixing = _Fixing(
        wanted=fix or diff or fix_only,
        unsafe=unsafe_fixes,
        shown=diff,
        only=diff or fix_only,
        listed=show_fixes,
        counted=exit_non_zero_on_fix,
    )
    _check_combination(fixing, silences=add_ignore is not None or write_baseline)
    if add_ignore is not None and ("-" in (paths or []) or stdin_filename is not None):
        raise ConfigError("--add-ignore writes to files, and `-` is none")
    request = Request(
        paths=tuple(paths or ["."]),
        configurations=configurations,
        working_folder=Path.cwd(),
        buffer=_buffer(paths or [], stdin_filename),
        use_baseline=not write_baseline,
        use_cache=not no_cache,
        processes=jobs,
        confirm=confirm or verify_all,
        verify=verify_all,
    )
    settings = configurations.of(request.working_folder)
    if show_settings:
        _print_settings(configurations.of(_folder(request.named[0])), Listing.TEXT)
        return
    if show_files:
        _print_files(request, load_catalogue())
        return
    outputs = _outputs(settings.output_format, output_file)
    catalogue = load_catalogue()
    selected(settings, catalogue)  # a rule that does not exist is an error, even where there is nothing to lint
    mended = _carried_out(_run(request, catalogue, fixing, quiet=quiet), request, fixing)
    report = mended.report
    if add_ignore is not None:
        raise typer.Exit(_add_ignores(report, add_ignore, verbose))
    if write_baseline:
        _write_baseline(report, settings.baseline or request.working_folder / baseline.DEFAULT_FILE)
    elif statistics:
        _write_statistics(report, outputs)
    else:
        _write_all(report, outputs, colour, request, fixing)
    if not quiet:
        _tell_fixes(mended, fixing)
        _summarise(report, fixing, verbose)
    _say_troubles(report.troubles, verbose)
    raise typer.Exit(_exit_code(mended, fixing, exit_zero or write_baseline, fail_on_no_files))


def _add_ignores(report: Report, reason: str, verbose: bool) -> ExitCode:
    added = add_ignores(report, reason)
    _say(f"Silenced {_count(added.findings, 'finding')} in {_count(added.files, 'file')}.")
    troubles = (*report.troubles, *added.troubles)
    _say_troubles(troubles, verbose)
    return ExitCode.TROUBLE if troubles else ExitCode.CLEAN


@dataclass(frozen=True, slots=True)
class _Fixing:
    """What was asked for of fixes.

    Args:
        wanted: to make any.
        unsafe: those, too, that change what a model computes.
        shown: to show them, and write nothing.
        only: to report nothing else.
        listed: to list them.
        counted: to fail when anything was fixed.
    """

    wanted: bool
    unsafe: bool
    shown: bool
    only: bool
    listed: bool
    counted: bool

    def fails(self, mended: Mended) -> bool:
        """Whether what was fixed, or would be, makes the run fail."""
        return bool(mended.changes) and (self.shown or self.counted)


def _exit_code(mended: Mended, fixing: _Fixing, exit_zero: bool, fail_on_no_files: bool) -> ExitCode:
    report = mended.report
    if report.troubles:
        return ExitCode.TROUBLE
    if fail_on_no_files and not report.coverage.files:
        return ExitCode.FINDINGS
    fails = fixing.fails(mended) or (report.failing and not fixing.only)
    return ExitCode.FINDINGS if fails and not exit_zero else ExitCode.CLEAN


def _listed(values: Sequence[str] | None) -> list[str] | None:
    """Split what was given more than once, with commas, or both; None when it was not given."""
    if not values:
        return None
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _by_glob(values: Sequence[str] | None) -> dict[str, list[str]] | None:
    """Read `GLOB:RULE,RULE`."""
    rules: dict[str, list[str]] = {}
    for value in values or ():
        glob, colon, listed = value.rpartition(":")
        if not colon:
            raise ConfigError(f"--per-file-ignores {value}: not GLOB:RULES")
        rules.setdefault(glob, []).extend(_listed([listed]) or [])
    return rules or None


def _configurations(given: Sequence[str], overrides: Mapping[str, object], isolated: bool) -> Configurations:
    """Put together the configuration files and what the command line says instead."""
    file: Path | None = None
    values: dict[str, object] = {}
    for each in given:
        if Path(each).is_file():
            file = Path(each)
        else:
            values |= inline(each)
    values |= {key: value for key, value in overrides.items() if value is not None}
    return Configurations(values, given=file, isolated=isolated)


def _buffer(paths: Sequence[str], name: str | None) -> Buffer | None:
    """Read standard input where `-` asks for it, or a name for what comes there does."""
    if "-" not in paths and name is None:
        return None
    if len(paths) > 1 or paths not in ([], ["-"]):
        raise ConfigError("`-` is standard input, and cannot be linted along with files")
    return Buffer(name or "", sys.stdin.buffer.read())


def _check_combination(fixing: _Fixing, silences: bool) -> None:
    if fixing.wanted and silences:
        raise ConfigError("fix findings first, and then silence what is left with --add-ignore or --write-baseline")


def _run(request: Request, catalogue: Catalogue, fixing: _Fixing, quiet: bool) -> Mended:
    """Run, with progress on a terminal."""
    shown = sys.stderr.isatty() and not quiet
    progress, measuring = _Progress("files", shown), _Progress("models measured", shown)
    try:
        if fixing.wanted:
            return mend(request, catalogue, progress=progress, measuring=measuring, unsafe=fixing.unsafe)
        # An editor applies what it is offered for its one buffer; a run over many files would pay for each of them.
        proving = request.buffer is not None
        return Mended(run(request, catalogue, progress=progress, measuring=measuring, proving=proving))
    finally:
        progress.clear()
        measuring.clear()


def _carried_out(mended: Mended, request: Request, fixing: _Fixing) -> Mended:
    """Show what fixes change, print what came on standard input as they leave it, or write files."""
    if fixing.shown:
        for change in mended.changes:
            sys.stdout.writelines(unified(change.path, change.file, change.before, change.after))
        return mended
    if fixing.wanted and request.buffer is not None:
        sys.stdout.buffer.write(mended.changes[0].after if mended.changes else request.buffer.data)
        sys.stdout.flush()
        return mended
    return write(mended)


def _tell_fixes(mended: Mended, fixing: _Fixing) -> None:
    """Say on standard error what was fixed, or would be."""
    if not fixing.wanted:
        return
    files = _count(len(mended.changes), "file")
    _say(f"{'Would fix' if fixing.shown else 'Fixed'} {_count(len(mended.cured), 'finding')} in {files}.")
    for finding in mended.cured:
        if finding.confirmation is not None:
            _say(f"  {shown_place(finding.span)}: {finding.code}: {_told_proof(finding, mended)}")
    if fixing.listed:
        counts = Counter((finding.span.path, finding.code, finding.name) for finding in mended.cured)
        for (path, code, name), count in sorted(counts.items()):
            _say(f"  {path}: {count} x {code} {name}")


def _told_proof(finding: Finding, mended: Mended) -> str:
    """Say what measuring said of a finding that was fixed, and what it says now."""
    before, after = finding.confirmation, mended.proofs.get(finding)
    if before is None or before.status is not Verdict.CONFIRMED or after is None:
        return "fixed, and not measured: no layer that read the padding is one to measure now"
    if after.status is not Verdict.REFUTED:
        return f"fixed, and not measured: {proof_text(after)}"
    figures = "" if before.leak is None else f": gradient on padding {before.leak:.2g} -> {after.leak or 0:.2g}"
    return f"fixed and proved{figures}"


def _tell_available(findings: Iterable[Finding]) -> None:
    safety = Counter(finding.fix.applicability for finding in findings if finding.fix is not None)
    ways = (("--fix", safety[Applicability.SAFE]), ("--fix --unsafe-fixes", safety[Applicability.UNSAFE]))
    told = [f"{count} fixable with {flags}" for flags, count in ways if count]
    without = sum(bool(finding.unfixed) for finding in findings)
    if without:
        told.append(f"{without} without a fix (--verbose says why)")
    if told:
        _say(f"{', '.join(told)}.")


class _Progress:
    """How far a run is, on a terminal, once it has taken longer than a second."""

    _PATIENCE = 1.0

    def __init__(self, noun: str, shown: bool) -> None:
        self._noun = noun
        self._shown = shown
        self._start = monotonic()
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        if self._shown and monotonic() - self._start > self._PATIENCE:
            text = f"{done} of {total} {self._noun}"
            self._width = max(self._width, len(text))
            print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line back."""
        if self._width:
            print(f"\r{'':<{self._width}}\r", end="", file=sys.stderr, flush=True)
            self._width = 0


# Writing what was found -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Output:
    """A format and the file that it goes to; None is standard output."""

    format: Format
    file: Path | None


def _outputs(wanted: Sequence[str], file: Path | None) -> tuple[_Output, ...]:
    outputs = []
    for each in wanted:
        name, _, target = each.partition(":")
        if name not in set(Format):
            raise ConfigError(f"unknown output format `{name}`{suggestion(name, Format)} (one of {', '.join(Format)})")
        outputs.append(_Output(Format(name), Path(target) if target else file))
    if len({output.file for output in outputs}) < len(outputs):
        raise ConfigError("two output formats for one place; name a file for one of them, as in `sarif:padlint.sarif`")
    return tuple(outputs)


def _write_all(report: Report, outputs: Iterable[_Output], colour: Colour, request: Request, fixing: _Fixing) -> None:
    if fixing.only:
        return
    # Text that came on standard input, fixed, has the standard output for itself.
    stream = sys.stderr if fixing.wanted and request.buffer is not None else sys.stdout
    for output in outputs:
        _write(report, output, colour, stream)


def _write(report: Report, output: _Output, colour: Colour, stream: TextIO) -> None:
    text = reporter(output.format, _palette(output, colour, stream))(report)
    if output.file is None:
        stream.writelines(text)
        stream.flush()
        return
    try:
        with output.file.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(text)
    except OSError as error:
        raise ConfigError(f"{output.file}: {error.strerror}") from error


def _write_statistics(report: Report, outputs: Sequence[_Output]) -> None:
    """Print counts: as JSON where that is the format."""
    as_json = any(output.format in {Format.JSON, Format.JSON_LINES} for output in outputs)
    sys.stdout.writelines(statistics_json(report) if as_json else statistics_text(report))


def _palette(output: _Output, colour: Colour, stream: TextIO) -> Palette:
    match colour:
        case Colour.ALWAYS:
            return TERMINAL
        case Colour.NEVER:
            return PLAIN
        case Colour.AUTO:
            if os.environ.get("FORCE_COLOR"):
                return TERMINAL
            plain = output.file is not None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
            return PLAIN if plain or not stream.isatty() else TERMINAL


def _write_baseline(report: Report, file: Path) -> None:
    known = baseline.entries(report.findings, report.lines, file.parent, report.files)
    try:
        write_file(file, baseline.dump(known).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from error
    except CannotRewrite as error:
        raise ConfigError(f"{file}: {error}") from error
    _say(f"wrote {_count(sum(entry.count for entry in known), 'finding')} to {file}")


def _summarise(report: Report, fixing: _Fixing, verbose: bool) -> None:
    """Say on standard error what the report does not: how much was read, and what is not shown."""
    if fixing.only:
        return
    coverage = report.coverage
    if not coverage.files:
        _say("warning: nothing to lint: no Python file or notebook there")
        return
    counts = Counter(finding.severity for finding in report.findings)
    found = " and ".join(_count(counts[severity], severity.value) for severity in Severity if counts[severity])
    read = f"{_count(coverage.files, 'file')}, {_count(coverage.models, 'model')}"
    where = f"what could be read of {read}" if report.troubles else read
    _say(f"Found {found} in {where}." if found else f"Nothing to report in {where}.")
    _tell_available(report.findings)
    _tell_measured(report)
    if report.hidden:
        _say(_told_hidden(report.hidden))
    silenced = (("ignored by comments", report.ignored), ("known to the baseline", len(report.baselined)))
    for what, count in silenced:
        if count:
            _say(f"{_count(count, 'finding')} {what}.")
    if coverage.resolved < coverage.models:
        unread = _count(coverage.models - coverage.resolved, "model")
        _say(f"{unread} not read whole; --extend-select PAD903 says which and why.")
    for root in report.crowded:
        _say(f"note: {root} holds too much code to read it along with what was named; `padlint {root}` reads it all")
    for declared in report.unmet:
        _say(f"warning: {declared} is about nothing here: no file that names Keras mentions it")
    _tell_stale(report.stale)
    if verbose:
        _tell_details(report)


def _tell_stale(entries: Sequence[str]) -> None:
    for entry in entries:
        _say(f"warning: stale baseline entry: {entry}")
    if entries:
        _say("--write-baseline writes the baseline without what is stale.")


def _tell_measured(report: Report) -> None:
    """Say what measuring came to, and where it found what the analysis did not."""
    found = Counter(finding.confirmation.status for finding in report.findings if finding.confirmation is not None)
    if found:
        _say(f"Measured: {_told_verdicts(found)}.")
    if report.verified:
        elsewhere = Counter(verdict.status for verdict in report.verified.values())
        told = {Verdict.REFUTED: "without a leak", Verdict.CONFIRMED: "leaking", Verdict.NOT_REBUILT: "not rebuilt"}
        listed = ", ".join(f"{elsewhere[status]} {words}" for status, words in told.items() if elsewhere[status])
        _say(f"{_count(len(report.verified), 'layer')} without a finding: {listed}.")
    for subject, verdict in report.verified.items():
        if verdict.status is Verdict.CONFIRMED:
            _say(f"warning: {shown_place(subject.span)}: `{subject.layer}` has no finding: {proof_text(verdict)}")


def _told_verdicts(found: Mapping[Verdict, int]) -> str:
    words = {Verdict.CONFIRMED: "confirmed", Verdict.REFUTED: "refuted", Verdict.NOT_REBUILT: "not rebuilt"}
    return ", ".join(f"{found[verdict]} {words[verdict]}" for verdict in Verdict if found.get(verdict))


def _tell_details(report: Report) -> None:
    for given_up in report.coverage.given_up:
        _say(f"not read: {given_up.where}: {'; '.join(given_up.reasons)}")
    for finding in report.findings:
        if finding.unfixed:
            _say(f"no fix: {shown_place(finding.span)}: {finding.code}: {finding.unfixed}")


def _told_hidden(hidden: Sequence[Finding]) -> str:
    """Say how many findings are not sure enough to be shown, and what shows them."""
    counts = Counter(finding.confidence for finding in hidden)
    levels = [level for level in Confidence if counts[level]]
    told = " and ".join(_count(counts[level], f"{level} finding") for level in levels)
    return f"{told} hidden; show with --min-confidence {levels[-1]}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _print_files(request: Request, catalogue: Catalogue) -> None:
    for each, parsed in files(request, catalogue):
        if isinstance(each, Found):
            print(f"{each.path}: analysed{'' if parsed else ': names no Keras layer that padding could reach'}")
        else:
            print(f"{each.path}: not analysed: {each.why}")


# confirm --------------------------------------------------------------------------------------------------------


@app.command(cls=Verb)
def confirm(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="MODEL...", help="Saved models (.keras), or package.module:function that makes one."),
    ],
    allow_import: Annotated[
        bool, typer.Option("--allow-import", help="Import package.module and call the function: this runs your code.")
    ] = False,
    side: Annotated[PaddedSide, typer.Option(help="The side that is padded.")] = PaddedSide.BOTH,
    value: Annotated[
        float | None, typer.Option(help="What padded features hold; by default what a Masking layer hides, else 0.")
    ] = None,
    keras: Annotated[
        LoadedIn, typer.Option(help="Major version to load it in; auto is the one that saved it, else 3.")
    ] = LoadedIn.AUTO,
    output_format: Annotated[Listing, typer.Option(help="How to print.")] = Listing.TEXT,
) -> None:
    """Measure models that are there: each layer in them that padding may reach, and the output."""
    from padlint.built_models import BuiltModel, measured

    version = None if keras is LoadedIn.AUTO else int(keras)
    models = [BuiltModel.named(target, version, Path.cwd()) for target in targets]
    for model in models:
        if model.runs and not allow_import:
            raise NotMeasured(f"{model.target}: {model.runs} runs your code; --allow-import allows it")
        if model.runs:
            _say(f"{model.target}: {model.runs}")
    found = [(model.target, one) for model in models for one in measured(model, side, value)]
    if output_format is Listing.JSON:
        print(json.dumps([_built_object(target, one) for target, one in found], indent=2))
    else:
        for target, one in found:
            print(f"{target}: `{one.layer}` ({one.kind}): {proof_text(one.confirmation)}")
    leaks = any(one.confirmation.status is Verdict.CONFIRMED for _, one in found)
    raise typer.Exit(ExitCode.FINDINGS if leaks else ExitCode.CLEAN)


def _built_object(target: str, measured: "Measured") -> Mapping[str, object]:
    confirmation = confirmation_object(measured.confirmation)
    return {"model": target, "layer": measured.layer, "kind": measured.kind, "confirmation": confirmation}


# The other verbs ------------------------------------------------------------------------------------------------


@app.command(cls=Verb)
def rule(
    name: Annotated[str, typer.Argument(metavar="[CODE|NAME]", help="A rule; by default all of them.")] = "",
    output_format: Annotated[Listing, typer.Option(help="How to print.")] = Listing.TEXT,
) -> None:
    """Explain a rule, or list them all."""
    catalogue = load_catalogue()
    if name:
        found = catalogue.find(name)
        print(json.dumps(_rule_object(found), indent=2) if output_format is Listing.JSON else found.body)
    elif output_format is Listing.JSON:
        print(json.dumps([_rule_object(each) for each in catalogue], indent=2))
    else:
        for each in catalogue:
            state = "preview" if each.preview else "on" if each.default else "off"
            print(f"{each.code}  {each.name:<22} {state:<7}  {each.summary}")


def _rule_object(rule: Rule) -> Mapping[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "severity": rule.severity,
        "default": rule.default,
        "preview": rule.preview,
        "since": rule.since,
        "tags": rule.tags,
        "kind": rule.kind,
        "message": rule.message,
        "help": rule.help,
        "url": page_url(rule.code),
        "explanation": rule.body,
    }


@app.command(cls=Verb)
def config(
    folder: Annotated[Path, typer.Argument(help="The folder whose settings to show.")] = Path(),
    given: Annotated[
        list[str] | None, typer.Option("--config", metavar="FILE|KEY=VALUE", help="As for `check`.")
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Read no configuration file.")] = False,
    output_format: Annotated[Listing, typer.Option(help="How to print.")] = Listing.TEXT,
    as_schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of the settings.")] = False,
) -> None:
    """Show the effective settings and where each came from."""
    if as_schema:
        print(json.dumps(schema(), indent=2))
        return
    if not folder.exists():
        raise MissingPath(f"{folder}: no such file or folder")
    _print_settings(_configurations(given or [], {}, isolated).of(_folder(Path.cwd() / folder)), output_format)


def _folder(path: Path) -> Path:
    """Return the folder whose settings govern a path."""
    return path if path.is_dir() else path.parent


def _print_settings(settings: Settings, listing: Listing) -> None:
    options = tuple(effective(settings))
    if listing is Listing.JSON:
        print(json.dumps({each.key: {"value": each.value, "origin": each.origin} for each in options}, indent=2))
        return
    for each in options:
        print(f"{each.key} = {each.value}  # {each.origin}")


@app.command(cls=Verb)
def clean(
    cache_dir: Annotated[
        str | None, typer.Option(metavar="DIR", envvar="PADLINT_CACHE_DIR", help="As for `check`.")
    ] = None,
) -> None:
    """Remove the cache."""
    folder = _configurations([], {"cache-dir": cache_dir}, isolated=False).of(Path.cwd()).cache_dir
    if not folder.exists():
        _say(f"nothing to clean: no {folder}")
        return
    if not is_cache(folder):
        raise ConfigError(f"{folder}: not a cache that padlint made; nothing was removed")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}; the cache was not removed whole") from error
    _say(f"removed {folder}")


@app.callback(invoke_without_command=True)
def _group(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if show_version:
        print(f"padlint {__version__}")
        raise typer.Exit


if __name__ == "__main__":
    main()
