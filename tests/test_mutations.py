"""One-line faults planted in the computations of the core: every one is caught that is not equivalent.

Faults are planted in the forward and backward code of the modules below, one at a time, in copies that nobody
else imports. What does not compute is left alone: argument checks, texts of errors, docstrings, annotations.
The judges are the checks of the other test files in small; each says which. A fault that no judge notices has
to stand in `EQUIVALENT` with the reason why it is no fault.
"""

from collections import Counter

import pytest
from mutation.isolated import World
from mutation.judges import judge
from mutation.judges.cells import golden_states
from mutation.mutants import mutants

FILES = [
    *("activations", "affine", "rnn", "lstm", "gru", "unroll", "loss", "model"),
    *("nets.layer", "nets.stacked", "nets.bidirectional", "nets.embedded", "nets.shortcut"),
]
# The classes of faults that have to be among them, by operator.
CLASSES = {
    "sign", "transpose", "index", "dropped term or factor", "order", "name", "constant", "condition",
    "swapped gate",
}  # fmt: skip

# The faults that are none, by reason.
EQUIVALENT = {
    "the order in which a table is filled does not matter": [
        "activations, module: for kind in (np.float32, np.float64) → for kind in (np.float64, np.float32)",
    ],
    "differs at one number alone, and there σ is no normal number: 0 is as good": [
        "activations, _sigmoid: (x.real > low) / (1 + np.exp(-np.… → (x.real >= low) / (1 + np.exp(-np.…",
    ],
    "NumPy orders complex numbers by their real parts": [
        "activations, _sigmoid: (x.real > low) / (1 + np.exp(-n… → (x > low) / (1 + np.exp(-n…",
        "activations, module: (h.real > 0).astype(h.real.dtype) → (h > 0).astype(h.real.dtype)",
    ],
    "a complex number is multiplied or compared: a real factor may be complex as well": [
        "activations, module: (h.real > 0).astype(h.real.dtype) → (h.real > 0).astype(h.dtype)",
        "loss, squared_error: targets.astype(ys.real.dtype) → targets.astype(ys.dtype)",
        "loss, _counting: …uce, REDUCE)).astype(ys.real.dtype) → …uce, REDUCE)).astype(ys.dtype)",
        "nets.stacked, Stacked._keep: …elf.dropout)).astype(xs.real.dtype) → …elf.dropout)).astype(xs.dtype)",
    ],
    "drawn from a symmetric distribution: the negative is as likely": [
        "affine, BlockCell.init: W_xh=rng.uniform(-bound, boun… → W_xh=-rng.uniform(-bound, boun…",
        "affine, BlockCell.init: W_hh=rng.uniform(-bound, boun… → W_hh=-rng.uniform(-bound, boun…",
        "model, Model.init: W_hy = rng.uniform(-bound, boun… → W_hy = -rng.uniform(-bound, boun…",
    ],
    "−0 is 0": [
        "gru, GRU.init: b_hh=np.zeros_like(params.b_h) → b_hh=-np.zeros_like(params.b_h)",
        "model, Model.loss_and_grad: dhs = np.zeros_like(unrolled.o… → dhs = -np.zeros_like(unrolled.o…",
    ],
    "the RNN's W_hh is square": [
        "rnn, RNN.zero_state: params.W_hh.shape[0] → params.W_hh.shape[1]",
    ],
    "parameters have one precision": [
        "rnn, RNN.zero_state: np.zeros((B, H), params.W_hh.dtype) → np.zeros((B, H), params.W_xh.dtype)",
        "lstm, LSTM.zero_state: np.zeros((B, H), params.W_hh.dtype) → np.zeros((B, H), params.W_xh.dtype)",
        "gru, GRU.zero_state: np.zeros((B, H), params.W_hh.dtype) → np.zeros((B, H), params.W_xh.dtype)",
    ],
    "what belongs to one step has two axes, so that axis 1 is the last": [
        "lstm, LSTM.activate: H = a.shape[-1] // 4 → H = a.shape[1] // 4",
        "lstm, LSTM.activate_backward: … * SIGMOID.df(o)], axis=-1) → … * SIGMOID.df(o)], axis=1)",
        "gru, GRU.step: (state.h, state.h.shape[-1]) → (state.h, state.h.shape[1])",
        "gru, GRU.step_backward: …state.h, dstate.h.shape[-1]) → …state.h, dstate.h.shape[1])",
        "gru, GRU.step_backward: … * SIGMOID.df(r)], axis=-1) → … * SIGMOID.df(r)], axis=1)",
        "gru, GRU.step_backward: …([da_gates, da_n], axis=-1) → …([da_gates, da_n], axis=1)",
        "gru, GRU.step_backward: …te([da_gates, ds], axis=-1) → …te([da_gates, ds], axis=1)",
        "nets.bidirectional, BothWaysPass.final: … self.back.final], axis=-1) → … self.back.final], axis=1)",
        "nets.bidirectional, Bidirectional.final_backward: np.split(dfinal, 2, axis=-1) → "
        "np.split(dfinal, 2, axis=1)",
    ],
    "of this result W_xh and b_h are taken; W_hh is computed anew in both forms": [
        "gru, GRU.step_backward: affine_weights_backward(x, h_prev, da) → affine_weights_backward(x, x, da)",
        "gru, GRU.step_backward: affine_weights_backward(x, h_prev, da) → affine_weights_backward(x, z, da)",
    ],
    "h_0 … h_{T−1} are as many as h_1 … h_T": [
        "unroll, backward_steps: unrolled.hs[1:].shape → unrolled.hs[:-1].shape",
    ],
    "both names get an empty list": [
        "unroll, backward: dxs, das, dparams, dstate0 = ([… → das, dxs, dparams, dstate0 = ([…",
        "nets.stacked, Stacked.backward: dstates, dparams = ([], []) → dparams, dstates = ([], [])",
    ],
    "the two factors of a product exchanged": [
        "lstm, LSTM.activate: c = f * state_prev.c + i * g → c = f * state_prev.c + g * i",
    ],
    "a sign above and below the fraction cancels": [
        "loss, softmax: e = np.exp(_shifted(y_raw)) → e = -np.exp(_shifted(y_raw))",
    ],
    "any constant of about the size of the largest entry may be taken off, a complex one too": [
        "loss, _shifted: y_raw.real.max(axis=-1, keepdims=True) → y_raw.max(axis=-1, keepdims=True)",
    ],
    "what stands in padding is multiplied by 0: any finite number will do": [
        "loss, _counting: …hts[..., None] > 0, ys, 0) → …hts[..., None] > 0, ys, 1)",
    ],
    "asked for nothing but whether it is 0 and which is the least": [
        "loss, _weights: lengths = mask.sum(axis=0) → lengths = mask.mean(axis=0)",
    ],
    "the caller turns it into numbers of the right precision": [
        "loss, _weights: return mask.astype(float) → return mask",
    ],
    "all of a stack's keeps are None, or none is": [
        "nets.stacked, Stacked.forward: xs if keeps[-1] is None else keeps[-1]… → "
        "xs if keeps[-0] is None else keeps[-1]…",
        "nets.stacked, Stacked.backward: passed.keeps[i - 1] is not None → passed.keeps[1 - i] is not None",
        "nets.stacked, Stacked.backward: passed.keeps[i - 1] is not None → passed.keeps[i - 2] is not None",
    ],
    "a number drawn from [0, 1) is p with a probability of 2⁻⁵³": [
        "nets.stacked, Stacked._keep: …= rng.random(xs.shape) >= self.dropout → "
        "…= rng.random(xs.shape) > self.dropout",
    ],
    "the order of the rows of one symbol changes the rounding of their sum, and no more": [
        "nets.embedded, scatter_add: order = np.argsort(ids, kind='stable') → order = np.argsort(ids)",
    ],
    "0 is NumPy's own choice of the axis": [
        "nets.embedded, scatter_add: …at(values[order], starts, axis=0) → …at(values[order], starts)",
    ],
}

FOUND = {}  # by file, of those gone through in this process: each fault's operator, and how it was caught


@pytest.fixture(scope="module")
def world():
    return World([f"rnntutor.{file}" for file in FILES])


def planted(world, file):
    return mutants(world.sources[f"rnntutor.{file}"], file)


def try_out(world, file, **options):
    """To each fault of a file, what the judges say."""
    for mutant in planted(world, file):
        yield mutant, judge(world.with_code(f"rnntutor.{file}", mutant.code), **options)


def test_the_judges_are_content_with_the_package(world):
    verdict = judge(world)
    assert verdict is None, verdict


@pytest.mark.parametrize("file", FILES)
def test_every_fault_is_caught_or_equivalent(file, world):
    verdicts = list(try_out(world, file))
    FOUND[file] = [(mutant.operator, verdict) for mutant, verdict in verdicts]
    listed = {name for names in EQUIVALENT.values() for name in names if name.startswith(f"{file}, ")}
    survived = {mutant.name: mutant.line for mutant, verdict in verdicts if verdict is None}
    caught = {mutant.name: verdict for mutant, verdict in verdicts if verdict}
    missed = [f"line {line}: {name}" for name, line in survived.items() if name not in listed]
    assert not missed, "\n".join(["no judge noticed:", *missed])
    noticed = [f"{name}, by {caught[name]}" for name in listed & caught.keys()]
    assert not noticed, "\n".join(["said to be equivalent, but was caught:", *noticed])
    gone = listed - survived.keys()
    assert not gone, "\n".join(["said to be equivalent, but not planted any more:", *gone])


def test_how_many(note, world):
    found = {file: FOUND.get(file) or [(m.operator, None) for m in planted(world, file)] for file in FILES}
    faults = [fault for file in FILES for fault in found[file]]
    assert len(faults) >= 300
    assert CLASSES <= {operator for operator, _ in faults}
    if FOUND.keys() == set(FILES):
        caught = Counter(type(verdict[1]) is AssertionError for _, verdict in faults if verdict)
        note(
            f"mutation: {len(faults)} one-line faults, {caught.total()} caught ({caught[True]} by a wrong "
            f"result, {caught[False]} by an error), {len(faults) - caught.total()} equivalent"
        )


def test_a_judge_who_sees_less_lets_faults_pass(world):
    """If the forward pass alone is judged, no fault of the way back is noticed, and others are."""
    verdicts = list(try_out(world, "rnn", judges=[golden_states]))
    back = [verdict for mutant, verdict in verdicts if mutant.where == "RNN.activate_backward"]
    assert back and not any(back)
    assert any(verdict for mutant, verdict in verdicts if mutant.where == "RNN.activate")


def test_faults_stay_in_their_world(world):
    """A fault is seen neither by the package nor by the next world."""
    from rnntutor import rnn

    before = dict(vars(rnn))
    for mutant, _ in try_out(world, "rnn", judges=[golden_states]):
        other = world.with_code("rnntutor.rnn", mutant.code)
        assert other["rnntutor.rnn"] is not rnn and world["rnntutor.rnn"] is not rnn
    assert dict(vars(rnn)) == before
    assert judge(world, [golden_states]) is None
