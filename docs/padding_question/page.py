"""Write the page: prose, and the tables of what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from experiments import Claim, Side
from measuring import Figures
from programs import Program


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line of a table."""

    claim: Claim
    name: str
    side: Side
    program: Program | None
    figures: Figures

    @property
    def silent(self) -> bool:
        """Say whether padding has no gradient at the input and does not move the output."""
        return not self.figures.gradient and not self.figures.shift

    @property
    def unmoved(self) -> bool:
        """Say whether padding leaves the output and the gradient of the first kernel alone."""
        return self.figures.shift == 0 and not self.figures.kernel


def render(rows: Sequence[Row], versions: str) -> str:
    """Write the page."""
    return _PAGE.format(
        versions=versions,
        convolution=_table(rows, Claim.CONVOLUTION),
        recurrent=_table(rows, Claim.RECURRENT),
        masking=_table(rows, Claim.MASKING),
        dense=_table(rows, Claim.DENSE),
        **_counts(rows),
        **_programs(rows),
    )


def percent(figure: float | None) -> str:
    """Write a share."""
    if figure is None:
        return "n/a"
    if not figure:
        return "0"
    return f"{figure:.1%}".replace("%", " %") if figure < 0.01 else f"{figure:.0%}".replace("%", " %")


def _counts(rows: Sequence[Row]) -> dict[str, str]:
    """Say in how many of its rows each claim holds."""
    convolutions, recurrences, maskings, denses = ([row for row in rows if row.claim is claim] for claim in Claim)
    return {
        "convolutions_silent": _of(sum(row.silent for row in convolutions), len(convolutions)),
        "convolution_gradient": _span(row.figures.gradient for row in convolutions),
        "convolution_kernel": _span(row.figures.kernel for row in convolutions),
        "convolution_shift": _span(row.figures.shift for row in convolutions),
        "recurrences_hurt": _of(sum(not row.silent for row in recurrences), len(recurrences)),
        "recurrent_right": _span(row.figures.shift for row in recurrences if row.side is Side.RIGHT),
        "recurrent_left": _span(row.figures.shift for row in recurrences if row.side is Side.LEFT),
        "maskings_silent": _of(sum(row.silent for row in maskings), len(maskings)),
        "denses_unmoved": _of(sum(row.unmoved for row in denses), len(denses)),
        "dense_gradient": _span(row.figures.gradient for row in denses if row.unmoved),
        "dense_moved": _span(row.figures.shift for row in denses if not row.unmoved),
    }


def _programs(rows: Sequence[Row]) -> dict[str, str]:
    """Give the figures of the three programs."""
    figures = {row.program: row.figures for row in rows if row.program}
    return {
        "first_gradient": percent(figures[Program.PICTURE].gradient),
        "first_kernel": percent(figures[Program.PICTURE].kernel),
        "first_bias": percent(figures[Program.PICTURE].bias),
        "second_gradient": percent(figures[Program.SEQUENCE].gradient),
        "third_kernel": percent(figures[Program.ROW].kernel),
        "third_gradient": percent(figures[Program.ROW].gradient),
    }


def _of(count: int, total: int) -> str:
    return f"{count} of {total}"


def _span(figures: Iterable[float | None]) -> str:
    known = [figure for figure in figures if figure is not None]
    return f"{percent(min(known))} to {percent(max(known))}"


def _table(rows: Sequence[Row], claim: Claim) -> str:
    head = (
        "| layers | padding | gradient on padding | kernel's gradient from padding | bias's | output moves by |\n"
        "|---|---|---|---|---|---|"
    )
    lines = [
        f"| {f'**{row.name}** ({row.program} program)' if row.program else row.name} | {row.side} | "
        + " | ".join(map(percent, (row.figures.gradient, row.figures.kernel, row.figures.bias, row.figures.shift)))
        + " |"
        for row in rows
        if row.claim is claim
    ]
    return "\n".join((head, *lines))


_PAGE = """\
# Does TensorFlow ignore zero padding?

No. TensorFlow ignores padding where a mask tells it to, and nowhere else. Zeros are values like any other: layers
compute with them, most outputs move when they are added, and training sends gradient through them.

An answer that is in circulation says otherwise for some layers. It makes four claims and gives three programs. This
page puts a figure on each claim. It is generated: `python docs/padding_question` measures everything again, and CI
runs it with `--check`.

| claim | measured |
|---|---|
| convolutions neutralise zero padding, and its gradient is 0 | **wrong**: true in {convolutions_silent} cases |
| recurrent layers do not ignore padding and need a mask | **right**: padding counts in {recurrences_hurt} cases |
| `Masking` confines the gradient to the real steps | **right where it matches the padding and nothing comes between it and the recurrent layer**: true in {maskings_silent} cases |
| `Dense` layers see no gradient from padded zeros | **right of the first layer's weights, wrong of its input**: the weights get none in {denses_unmoved} cases |

![Share of the gradient that sits on padding, and how far the output moves](does-tensorflow-ignore-padding.svg)

## How it was measured

Sequences have 6 real steps and 6 padded ones. All weights are
random, biases included, scaled by the number of inputs: with Keras' initial zero biases several leaks are hidden
until training has moved them. The loss is the mean squared error against random targets; the three programs keep their
own data and loss. Figures are means over 5 draws, with {versions}.

- *Gradient on padding*: of the loss's gradient with respect to the input, the share that sits on padded values.
- *Kernel's gradient from padding*: of the gradient that updates the first layer's kernel, the share that comes from
  padded positions (from the weights of padded numbers, where the input is one flat row). The same for the bias.
- *Output moves by*: the mean change of the output when the padding is added to the real part alone, relative to the
  output's size. It is n/a behind `Flatten`, whose `Dense` layer fits a single length.

## The three programs

Two of the three stop with an error as they are printed.

1. The convolutional network is trained on labels of shape (1, 10) where its loss takes one class for each picture;
   Keras says that the ranks do not fit. With labels of shape (1,) it runs. Of its gradient {first_gradient} is on the
   padded frame, and {first_kernel} of the kernel's update and {first_bias} of the bias's come from there.
2. The masked LSTM gets its two sequences of five numbers as one sequence of two steps, since the new axis is put in
   front: Keras says that there is one input for two targets. With the axis at the end, and an input shape of
   (None, 1), it runs, and of its gradient {second_gradient} is at the padded steps.
3. The dense network runs as printed. Of the weights' gradient {third_kernel} is on those of the five padded numbers, as
   the answer says; yet {third_gradient} of the gradient with respect to the input is on these numbers.

## Convolutions

The claim: a kernel times zero is zero, so padding adds nothing and has no gradient.

Both halves fail. A window that lies across the edge sees real values, and its output is one more for the pooling or
`Flatten` behind it; a window of padding alone gives the bias, which is no zero after the first training step; and an
average divides by the padded length. The gradient of a product with respect to its zero factor is the other factor,
the kernel: it does not vanish because the input is 0. What does vanish is the update of the *kernel* from windows of
padding alone; the bias is updated by every one of them. A ReLU stops some of it. Over these models
{convolution_gradient} of the gradient is on padding, {convolution_kernel} of the kernel's update comes from there, and
the output moves by {convolution_shift}.

{convolution}

No convolution or pooling layer uses a mask, `GlobalAveragePooling1D` apart.

## Recurrent layers

The claim: recurrent layers process padded zeros and need a mask. It holds.

With padding on the right, the padded steps are the last ones that the layer reads: the output moves by
{recurrent_right} of its size. On the left the state has time to recover: {recurrent_left} behind 6 real steps.

{recurrent}

## Masking

The claim: with `Masking`, gradients are calculated for the real steps only. It holds, exactly and not nearly, as long
as the mask matches what the data was padded with and reaches the recurrent layer. A convolution between drops the
mask; `Masking` after a layer with a bias finds no zeros to mask; a mask value that the padding does not have masks
nothing. In Keras 3 the first of these warns, and the other two are silent.

{masking}

## Dense layers

The claim: a padded zero times its weight is zero, so that padding has next to no effect.

For a row of numbers that goes into a `Dense` layer it holds of the weights: those of padded numbers get no gradient,
and the output is what it would be without them. It does not hold of the gradient with respect to the input
({dense_gradient} of it is on padding), which is what an `Embedding` below would be trained by. It stops holding when
the data is scaled after it was padded, so that padding is no longer 0, and when the layer is applied to each step and
pooled, where the bias fills the padded steps: there the output moves by {dense_moved}.

{dense}

## What to do instead

- Before a recurrent or attention layer: `Embedding(mask_zero=True)`, or `Masking` with the value that you pad with, and
  nothing between that drops the mask.
- Before a convolution or pooling layer, where no mask helps: pad to a fixed length and let the model learn it, batch
  sequences of one length together, or multiply the padded steps by 0 behind each layer and average over the real ones.
- Run `padlint` over the code: it follows padding and mask to each of these layers.
  padlint reads your own models for the same leaks.
"""  # noqa: E501  # rows of tables
