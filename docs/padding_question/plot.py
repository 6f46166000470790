"""Draw the plot: for each model a bar for the gradient on padding, and one for how far the output moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from experiments import Claim, Side
from page import Row, percent

_LABELS = 400
_BARS = 360
_WIDTH = _LABELS + _BARS + 70
_ROW = 26
_HEADING = 34
_TOP = 62
_GRADIENT, _SHIFT, _TEXT, _GRID = "#b3392f", "#2b6ca3", "#222222", "#d8d8d8"
_HEADINGS = {
    Claim.CONVOLUTION: "Convolutions",
    Claim.RECURRENT: "Recurrent layers",
    Claim.MASKING: "Masking",
    Claim.DENSE: "Dense layers",
}


def draw(rows: Sequence[Row]) -> str:
    """Write the plot as SVG, of right padding and of the padded frame."""
    shown = [row for row in rows if row.side is not Side.LEFT]
    height = _TOP + _HEADING * len(_HEADINGS) + _ROW * len(shown) + 20
    body = "\n".join((*_frame(height), *_bars(shown)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'role="img" font-family="sans-serif" font-size="12">\n'
        "<title>What padding does to gradient and output</title>\n"
        f"{body}\n</svg>\n"
    )


def _frame(height: int) -> Iterator[str]:
    yield f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    for number, (colour, text) in enumerate(((_GRADIENT, "gradient on padding"), (_SHIFT, "output moves by"))):
        left = _LABELS + 170 * number
        yield f'<rect x="{left}" y="12" width="12" height="12" fill="{colour}"/>'
        yield _text(left + 18, 22, text)
    for tenth in range(0, 11, 2):
        left = _LABELS + _BARS * tenth // 10
        yield f'<line x1="{left}" y1="{_TOP - 10}" x2="{left}" y2="{height - 12}" stroke="{_GRID}"/>'
        yield _text(left, _TOP - 16, f"{tenth * 10} %", anchor="middle")


def _bars(rows: Sequence[Row]) -> Iterator[str]:
    top = _TOP
    for claim, heading in _HEADINGS.items():
        yield _text(12, top + 22, heading, weight="bold")
        top += _HEADING
        for row in (row for row in rows if row.claim is claim):
            yield _text(_LABELS - 10, top + 14, row.name, anchor="end")
            yield from _bar(top + 2, row.figures.gradient, _GRADIENT)
            yield from _bar(top + 12, row.figures.shift, _SHIFT)
            top += _ROW


def _bar(top: int, figure: float | None, colour: str) -> Iterator[str]:
    """Draw one bar; one that is longer than the scale is cut, and its figure says so."""
    length = round(_BARS * min(figure or 0.0, 1.0), 1)
    if length:
        yield f'<rect x="{_LABELS}" y="{top}" width="{length}" height="8" fill="{colour}"/>'
    yield _text(_LABELS + length + 4, top + 8, percent(figure), size=9, colour=colour)


def _text(
    left: float,
    base: int,
    text: str,
    *,
    anchor: str = "start",
    weight: str = "normal",
    size: int = 12,
    colour: str = _TEXT,
) -> str:
    style = f'text-anchor="{anchor}" font-weight="{weight}" font-size="{size}" fill="{colour}"'
    return f'<text x="{left:g}" y="{base}" {style}>{escape(text)}</text>'
