"""Wire a model: draw the layers between padded data and what reads it, each step as text that any style can write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

LENGTH = 6
VOCABULARY = 20
FEATURES = 3
FRAME = "4, 4, 1"
INPUTS = "inputs"


class Reads(StrEnum):
    """What the data of a program is."""

    IDS = "ids"
    FEATURES = "features"
    FRAMES = "frames"


@dataclass(frozen=True)
class Step:
    """One statement of a model's wiring: `target = made(call)`, or `target = call` for an operation outside layers.

    Args:
        made: the constructor of the layer, "" where there is none.
        call: what the layer is called on, or the expression; `@name` stands for a layer that is kept under a name.
        handle: the name that the layer is kept under, "" where nobody else asks for it.
        repeat: how often the layer is made and called in a row.
    """

    target: str
    made: str
    call: str
    handle: str = ""
    repeat: int = 1


@dataclass
class Wiring:
    """A model being wired.

    Args:
        pad: what padded steps of features hold.
        width: the number of features of the sequence `x`.
        length: its number of steps.
        mask: the expression of a right mask that was made for explicit use, "" before.
        classes: names of the program's own layer classes that it uses.
        turned: whether the steps run backwards now.
        signed: whether all features may have one sign: then a maximum never takes up the zeros of padding.
        noisy: whether training puts other numbers in the place of zeros: what is measured outside of it has them still.
        tags: whether the output says something of every step.
    """

    random: Random
    keras: int
    reads: Reads
    pad: float
    width: int = FEATURES
    length: int = LENGTH
    mask: str = ""
    steps: list[Step] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    names: int = 0
    turned: bool = False
    signed: bool = False
    noisy: bool = False
    tags: bool = False

    # Statements ---------------------------------------------------------------------------------------------------

    def layer(self, made: str, call: str = "x", target: str = "x", handle: str = "", repeat: int = 1) -> str:
        self.steps.append(Step(target, made, call, handle, repeat))
        return target

    def operation(self, expression: str, target: str = "x") -> str:
        self.steps.append(Step(target, "", expression))
        return target

    def fresh(self, name: str) -> str:
        """Name a variable that is used besides `x`."""
        self.names += 1
        return f"{name}_{self.names}" if self.names > 1 else name

    # Choices ------------------------------------------------------------------------------------------------------

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    def one_of(self, options: Sequence[str]) -> str:
        return self.random.choice(options)

    def do_one_of(self, *moves: Callable[[], None]) -> None:
        self.random.choice(moves)()


def wire(random: Random, keras: int, reads: Reads, pad: float) -> Wiring:
    """Draw a whole model: a source, what stands between, one or two readers of steps, and the output."""
    wiring = Wiring(random, keras, reads, pad)
    if reads is Reads.FRAMES:
        if wiring.chance(3):
            _frames_read_whole(wiring)
            return wiring
        _frames_to_features(wiring)
    _source(wiring)
    for _ in range(random.randrange(3)):
        _between(wiring)
    if wiring.chance(2):
        wiring.do_one_of(lambda: _recurrent_steps(wiring), lambda: _attention(wiring), lambda: _merge(wiring))
        if wiring.chance(3):
            _between(wiring)
    if not wiring.turned and wiring.length == LENGTH and wiring.chance(5):
        wiring.tags = True
        _tagged(wiring)
        return wiring
    _last_reader(wiring)
    wiring.layer("layers.Dense(1)", target="outputs")
    return wiring


# Where the numbers, and perhaps a mask, come from -----------------------------------------------------------------


FRAME_LAYERS = ['Conv2D(2, 3, padding="same")', "Conv2D(2, 2)", "MaxPooling2D(2)", "AveragePooling2D(2)"]


def _frames_to_features(wiring: Wiring) -> None:
    """Turn each frame of a film into features."""
    call = INPUTS
    if wiring.chance(2):
        call = wiring.layer(f"layers.TimeDistributed(layers.{wiring.one_of(FRAME_LAYERS)})", call)
    pooling = wiring.one_of(["GlobalMaxPooling2D", "GlobalAveragePooling2D", "Flatten"])
    call = wiring.layer(f"layers.TimeDistributed(layers.{pooling}())", call)
    wiring.layer(f"layers.TimeDistributed(layers.Dense({FEATURES}))", call)


def _frames_read_whole(wiring: Wiring) -> None:
    """Read frames as they are, by a recurrent layer that convolves each."""
    call = INPUTS
    if wiring.chance(3):
        call = wiring.layer('layers.TimeDistributed(layers.Conv2D(2, 3, padding="same"))', call)
    sequences = wiring.one_of(["", ", return_sequences=True"])
    wiring.layer(f"layers.ConvLSTM2D({UNITS}, 2{sequences})", call)
    if sequences:
        wiring.width = UNITS
        wiring.layer("layers.TimeDistributed(layers.GlobalAveragePooling2D())")
        _last_recurrent(wiring)
    else:
        wiring.layer("layers.Flatten()")
    wiring.layer("layers.Dense(1)", target="outputs")


def _source(wiring: Wiring) -> None:
    explicit = wiring.chance(4)
    if wiring.reads is Reads.FRAMES:
        if wiring.chance(2):
            wiring.layer(f"layers.Masking(mask_value={wiring.one_of(['0.0', '5.0'])})")
        return
    if wiring.reads is Reads.IDS:
        masked = wiring.one_of(["", ", mask_zero=True", ", mask_zero=True"])
        handle = "embed" if explicit and masked else ""
        wiring.layer(f"layers.Embedding({VOCABULARY}, {FEATURES}{masked})", INPUTS, handle=handle)
        if not masked and wiring.chance(6):
            wiring.layer("layers.Masking()")
        if handle:
            wiring.mask = wiring.operation(f"@embed.compute_mask({INPUTS})", "mask")
        elif explicit:
            not_equal = "keras.ops.not_equal" if wiring.keras == 3 else "tf.not_equal"
            wiring.mask = wiring.operation(f"{not_equal}({INPUTS}, 0)", "mask")
        return
    value = wiring.one_of([f"{wiring.pad}", f"{wiring.pad}", "5.0", "none"])
    if value == "none":
        activation = wiring.one_of(["", ', activation="relu"'])
        wiring.layer(f"layers.Dense({FEATURES}{activation})", INPUTS)
        wiring.signed = bool(activation)
        if wiring.chance(4):
            wiring.layer(f"layers.Masking(mask_value={wiring.pad})")
        return
    setting = "" if value == "0.0" and wiring.chance(2) else f"mask_value={value}"
    handle = "masking" if explicit else ""
    wiring.layer(f"layers.Masking({setting})", INPUTS, handle=handle)
    if handle:
        wiring.mask = wiring.operation(f"@masking.compute_mask({INPUTS})", "mask")


# What stands between ----------------------------------------------------------------------------------------------

RELU, SOFTMAX = "layers.ReLU()", "layers.Softmax()"
RECTIFIED = 'layers.Conv1D({width}, 2, activation="relu", padding="causal")'
ONE_SIGN = {RELU, SOFTMAX, RECTIFIED}
NOISE = {"layers.GaussianNoise(0.1)", "layers.AlphaDropout(0.1)"}
POINTWISE = [
    "layers.Dropout(0.2)",
    "layers.SpatialDropout1D(0.2)",
    *sorted(NOISE),
    "layers.GaussianDropout(0.1)",
    "layers.Dense({width})",
    'layers.Dense({width}, activation="tanh")',
    "layers.TimeDistributed(layers.Dense({width}))",
    'layers.Activation("tanh")',
    RELU,
    "layers.LeakyReLU()",
    "layers.ELU()",
    "layers.PReLU(shared_axes=[1])",
    SOFTMAX,
    "layers.LayerNormalization()",
    "layers.BatchNormalization()",
    "layers.UnitNormalization()",
    "layers.ActivityRegularization(l2=0.01)",
    "layers.Rescaling(0.5)",
    'layers.EinsumDense("abc,cd->abd", output_shape=(None, {width}))',
    "layers.Conv1D({width}, 1)",
    "layers.Lambda(lambda t: t * 2.0)",
    "layers.Reshape(({length}, {width}))",
]
POINTWISE_IN_KERAS_3 = ["layers.Identity()", "layers.RMSNormalization()"]
CONVOLUTIONS = [
    'layers.Conv1D({width}, 3, padding="same")',
    'layers.Conv1D({width}, 3, padding="causal")',
    RECTIFIED,
    'layers.SeparableConv1D({width}, 3, padding="same")',
    'layers.DepthwiseConv1D(3, padding="same")',
    'layers.Conv1DTranspose({width}, 3, padding="same")',
]
MIXING = [
    # Without weights, which would be as many as there are steps: with them nothing can be measured without padding.
    "layers.LayerNormalization(axis=1, center=False, scale=False)",
    "layers.GroupNormalization(groups=1)",
    "layers.LayerNormalization(axis=[1, 2], center=False, scale=False)",
]
MAX_POOLING = {
    "layers.MaxPooling1D(2)": lambda length: length // 2,
    'layers.MaxPooling1D(3, strides=1, padding="same")': lambda length: length,
}
RESAMPLING = {
    "layers.Conv1D({width}, 3)": lambda length: length - 2,
    "layers.Conv1D({width}, 2, strides=2)": lambda length: length // 2,
    **MAX_POOLING,
    "layers.AveragePooling1D(2)": lambda length: length // 2,
    # By 3: what is doubled and then pooled by twos is the sequence again.
    "layers.UpSampling1D(3)": lambda length: length * 3,
    "layers.Cropping1D((0, 1))": lambda length: length - 1,
    "layers.Cropping1D((1, 0))": lambda length: length - 1,
}
OWN_LAYERS = ["Doubled", "MaskedDoubled", "Blend"]
SHORTEST_RESAMPLED = 5


def _between(wiring: Wiring) -> None:
    if wiring.turned:
        # What a masked layer leaves at reversed steps is not in the table of the layers.
        _pointwise(wiring)
        return
    wiring.do_one_of(
        lambda: _pointwise(wiring),
        lambda: _pointwise(wiring),
        lambda: _pointwise(wiring),
        lambda: _convolved(wiring),
        lambda: _resampled(wiring),
        lambda: _raw(wiring),
        lambda: _own_layer(wiring),
        lambda: _merge(wiring),
    )


def _fitted(wiring: Wiring, made: str) -> str:
    return made.format(width=wiring.width, length=wiring.length)


def _pointwise(wiring: Wiring, call: str = "x", target: str = "x") -> None:
    more = POINTWISE_IN_KERAS_3 if wiring.keras == 3 else []
    # Of what is never above 0 a ReLU leaves nothing, whatever it depends on.
    cutting = {RELU} if wiring.signed else set()
    made = wiring.one_of([one for one in (*POINTWISE, *more) if one not in cutting])
    wiring.signed |= made in ONE_SIGN
    wiring.noisy |= made in NOISE
    wiring.layer(_fitted(wiring, made), call, target, repeat=2 if call == target and wiring.chance(6) else 1)


def _convolved(wiring: Wiring) -> None:
    made = wiring.one_of([*CONVOLUTIONS, *MIXING])
    wiring.signed = made in ONE_SIGN
    wiring.layer(_fitted(wiring, made))


def _resampled(wiring: Wiring) -> None:
    if wiring.length < SHORTEST_RESAMPLED:
        return
    made = wiring.one_of([one for one in RESAMPLING if not (wiring.signed and one in MAX_POOLING)])
    wiring.layer(_fitted(wiring, made))
    wiring.length = RESAMPLING[made](wiring.length)
    wiring.mask = ""


def _raw(wiring: Wiring) -> None:
    operations = ["x * 2.0", "x + 1.0", "-x", "x / 2.0", "x[:, :, :]", "keras.activations.tanh(x)"]
    own = "keras.ops.tanh(x)" if wiring.keras == 3 else "tf.tanh(x)"
    wiring.operation(wiring.one_of([*operations, own]))


def _own_layer(wiring: Wiring) -> None:
    name = wiring.one_of(OWN_LAYERS)
    wiring.classes.append(name)
    wiring.layer(f"Blend({wiring.width})" if name == "Blend" else f"{name}()")


MERGES = ["Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate", "ConcatenateSteps", "raw"]
SUMS = {"Add", "Average", "Subtract", "raw"}


def _merge(wiring: Wiring) -> None:
    """Merge `x` with what another layer makes of it, which may have dropped the mask."""
    # What layers make lies between -1 and 1 more often than not, and never below a padding of -1.
    bounded = {"Maximum", "Minimum"} if wiring.pad else set()
    # What is multiplied by the zeros of padding gets no further, except in training where these are none any more.
    noisy = {"Multiply"} if wiring.noisy else set()
    other, kind = wiring.fresh("other"), wiring.one_of([kind for kind in MERGES if kind not in bounded | noisy])
    branches = [
        lambda: wiring.layer(f'layers.Conv1D({wiring.width}, 3, padding="same")', "x", other),
        lambda: wiring.layer(f"layers.SimpleRNN({wiring.width}, return_sequences=True)", "x", other),
    ]
    # Outside of training a Dropout changes nothing. A square is nowhere below the zeros of padding, so that no maximum
    # takes them; and of a difference nothing is left.
    if kind != "Multiply":
        branches.append(lambda: wiring.operation("x * 0.5", other))
    if kind not in {"Multiply", "Subtract"}:
        branches.append(lambda: _pointwise(wiring, "x", other))
    wiring.do_one_of(*branches)
    # For the same reason a padding of -1 with such numbers on top is not above 0, and a ReLU leaves nothing of either.
    wiring.signed |= bool(wiring.pad) and kind in SUMS
    if kind == "raw":
        wiring.operation(f"x + {other}")
    elif kind == "ConcatenateSteps":
        wiring.layer("layers.Concatenate(axis=1)", f"[x, {other}]")
        wiring.length *= 2
        wiring.mask = ""
    else:
        wiring.layer(f"layers.{kind}()", f"[x, {other}]")
        wiring.signed |= kind in {"Maximum", "Minimum"}
        wiring.width *= 2 if kind == "Concatenate" else 1


# Who reads steps --------------------------------------------------------------------------------------------------

UNITS = 2
# SimpleRNN stands for all where one is enough: it costs a third of an LSTM.
RECURRENT = ["SimpleRNN", "SimpleRNN", "LSTM", "GRU", "Bidirectional", "RNN"]


def _recurrent_steps(wiring: Wiring) -> None:
    """Read the steps and hand them on."""
    kind = wiring.one_of(RECURRENT)
    backwards = wiring.one_of(["", "", "", ", go_backwards=True"])
    made = _recurrent(wiring, kind, f", return_sequences=True{'' if kind == 'Bidirectional' else backwards}")
    call = _read_with_mask(wiring)
    # Steps that were turned round have their mask the wrong way round; the static half does not see that.
    again = kind != "Bidirectional" and not (backwards and call != "x")
    wiring.layer(made, call, repeat=2 if again and wiring.chance(4) else 1)
    if backwards and kind != "Bidirectional":
        wiring.mask, wiring.turned = "", True


def _recurrent(wiring: Wiring, kind: str, settings: str = "") -> str:
    """Write a recurrent layer, and note how many features it makes, of both signs."""
    wiring.width, wiring.signed = UNITS, False
    match kind:
        case "Bidirectional":
            inner = wiring.one_of(["LSTM", "SimpleRNN", "SimpleRNN"])
            merge = wiring.one_of(["", ', merge_mode="sum"', ', merge_mode="ave"', ', merge_mode="mul"'])
            wiring.width *= 1 if merge else 2
            return f"layers.Bidirectional(layers.{inner}({UNITS}{settings}){merge})"
        case "RNN":
            cell = wiring.one_of(["LSTMCell", "SimpleRNNCell", "SimpleRNNCell"])
            return f"layers.RNN(layers.{cell}({UNITS}){settings})"
        case _:
            return f"layers.{kind}({UNITS}{settings})"


def _read_with_mask(wiring: Wiring) -> str:
    """Call on `x`, sometimes with the mask that was made before."""
    return f"x, mask={wiring.mask}" if wiring.mask and wiring.chance(2) else "x"


def _attention(wiring: Wiring) -> None:
    """Attend: to itself, or with a query or a value that lost its mask."""
    query = value = "x"
    match wiring.one_of(["self", "self", "query", "value"]):
        case "query":
            query = wiring.operation("x * 2.0", wiring.fresh("query"))
        case "value":
            value = wiring.operation("x * 2.0", wiring.fresh("value"))
    kinds = ["Attention", "AdditiveAttention", "MultiHeadAttention"]
    kind = wiring.one_of([*kinds, "GroupQueryAttention"] if wiring.keras == 3 else kinds)
    explicit = wiring.mask and wiring.chance(2)
    if kind in {"Attention", "AdditiveAttention"}:
        more = f", mask=[{wiring.mask}, {wiring.mask}]" if explicit else ""
        wiring.layer(f"layers.{kind}()", f"[{query}, {value}]{more}")
        return
    settings = "2, key_dim=2" if kind == "MultiHeadAttention" else "2, 2, 2"
    more = f", attention_mask={wiring.mask}[:, None, :]" if explicit else ""
    wiring.layer(f"layers.{kind}({settings})", f"{query}, {value}{more}")


def _last_reader(wiring: Wiring) -> None:
    """Read the steps for the last time."""
    wiring.do_one_of(
        lambda: _last_recurrent(wiring),
        lambda: _last_recurrent(wiring),
        lambda: _last_recurrent(wiring),
        lambda: _with_states(wiring),
        lambda: _shared(wiring),
        lambda: _last_recurrent(wiring) if wiring.turned else _pooled(wiring),
    )


def _shared(wiring: Wiring) -> None:
    """Read two sequences with one layer: the second may have lost its mask."""
    other = wiring.operation("x * 0.5", wiring.fresh("other")) if wiring.chance(2) else ""
    if not other:
        other = wiring.layer('layers.Activation("tanh")', "x", wiring.fresh("other"))
    one, two = wiring.fresh("one"), wiring.fresh("two")
    kind = wiring.one_of(["SimpleRNN", "LSTM", "Bidirectional"])
    wiring.layer(_recurrent(wiring, kind), "x", one, handle="shared")
    wiring.operation(f"@shared({other})", two)
    wiring.layer(f"layers.{wiring.one_of(['Add', 'Concatenate', 'Maximum'])}()", f"[{one}, {two}]")


def _tagged(wiring: Wiring) -> None:
    """Say something of every step."""
    kind = wiring.one_of(["SimpleRNN", "SimpleRNN", "LSTM", "Bidirectional"])
    wiring.layer(_recurrent(wiring, kind, ", return_sequences=True"), _read_with_mask(wiring))
    dense = wiring.one_of(["layers.Dense(1)", "layers.TimeDistributed(layers.Dense(1))"])
    wiring.layer(dense, target="outputs")


def _last_recurrent(wiring: Wiring) -> None:
    kind = wiring.one_of(RECURRENT)
    backwards = wiring.one_of(["", "", "", ", go_backwards=True"]) if kind != "Bidirectional" else ""
    wiring.layer(_recurrent(wiring, kind, backwards), _read_with_mask(wiring))


def _with_states(wiring: Wiring) -> None:
    """Read the steps once for the states, and once more from these states on."""
    state = wiring.fresh("state")
    wiring.layer(f"layers.SimpleRNN({UNITS})", "x", state)
    more = f", mask={wiring.mask}" if wiring.mask and wiring.chance(2) else ""
    wiring.layer(f"layers.{wiring.one_of(['GRU', 'SimpleRNN'])}({UNITS})", f"x, initial_state={state}{more}")


def _pooled(wiring: Wiring) -> None:
    largest = ["GlobalMaxPooling1D"] if not wiring.signed else []
    kind = wiring.one_of(["GlobalAveragePooling1D", "GlobalAveragePooling1D", "Flatten", *largest])
    takes_mask = kind == "GlobalAveragePooling1D"
    wiring.layer(f"layers.{kind}()", _read_with_mask(wiring) if takes_mask else "x")
