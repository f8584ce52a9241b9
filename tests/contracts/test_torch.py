"""A third opinion, where PyTorch is installed: the same loss and gradients as its own
modules.
"""

import importlib.util

import numpy as np
import pytest

from rnntutor import GRU, LSTM, RNN
from rnntutor.keras.chain import Embed, chain
from rnntutor.keras.gradients import ByKeras
from rnntutor.lab.tensorflow.parity import differences, parity_cases
from rnntutor.tree import map as tree_map

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed (pip install torch)",
)

BOUNDS = {"float64": 1e-13, "float32": 1e-5}
FOUND = []  # (dtype, part, difference) of what ran in this process

# How a cell is built in PyTorch. Its RNN knows no sigmoid, its GRU resets after the
# product alone.
MODULES = {
    RNN("tanh"): ("RNN", {"nonlinearity": "tanh"}),
    RNN("relu"): ("RNN", {"nonlinearity": "relu"}),
    LSTM(): ("LSTM", {}),
    GRU(): ("GRU", {}),
}


def in_torch(case):
    """Whether PyTorch has every cell of the net."""
    return all(
        isinstance(link, Embed) or link.cell in MODULES
        for link in chain(case.model.net)
    )


def cases(dtype):
    found = [case for case in parity_cases(dtype) if in_torch(case)]
    return [pytest.param(case, id=f"{i}-{case.name}") for i, case in enumerate(found)]


def torch_loss_and_grad(case):
    """The result of a case by PyTorch: its modules for the layers, its leaf tensors to
    differentiate by.
    """
    import torch

    def leaf(array):
        return torch.tensor(array, requires_grad=array.dtype.kind == "f")

    params, state0 = tree_map(leaf, case.params), tree_map(leaf, case.state0)
    xs, hs = leaf(case.xs), None
    T, B = case.xs.shape[:2]
    mask = (
        np.ones((T, B), bool) if case.mask is None else np.ascontiguousarray(case.mask)
    )
    states, states_T = list(parts(state0)), []
    below = list(parts(params.cell))
    for link in chain(case.model.net):
        if isinstance(link, Embed):
            hs = torch.nn.functional.embedding(xs, below.pop(0))
            continue
        ways = 2 if link.both_ways else 1
        weights, state = (
            [pile.pop(0) for _ in range(ways)] for pile in (below, states)
        )
        hs, final = run(
            torch, link.cell, weights, xs if hs is None else hs, state, mask
        )
        states_T += final
    said = hs if case.model.readout == "steps" else last(torch, states_T, ways)[None]
    ys_raw = said @ params.W_hy + params.b_y
    loss = total(torch, case, ys_raw, mask)
    loss.backward()

    def grads(tree):
        return tree_map(lambda tensor: tensor.grad.numpy(), tree)

    found = iter([tensor.detach().numpy() for state in states_T for tensor in state])
    state_T = tree_map(lambda _: next(found), case.state0)
    dxs = None if case.model.net.reads_symbols else xs.grad.numpy()
    return ByKeras(
        loss.item(), grads(params), state_T, dxs, grads(state0), ys_raw.detach().numpy()
    )


def parts(tree):
    """The cells' parameters or states in a net's, and the rows of an embedding, from
    the input upwards.
    """
    if (
        not isinstance(tree, tuple)
        or "W_hh" in getattr(tree, "_fields", ())
        or "h" in getattr(tree, "_fields", ())
    ):
        yield tree
    else:
        for branch in tree:
            yield from parts(branch)


def run(torch, cell, weights, xs, states, mask):
    """One layer over a padded batch: outputs (T, B, width), and the final state of each
    direction.
    """
    name, options = MODULES[cell]
    H = weights[0].W_hh.shape[0]
    ways = len(weights)
    module = getattr(torch.nn, name)(
        xs.shape[-1], H, bidirectional=ways == 2, dtype=xs.dtype, **options
    )
    given = {}
    for params, suffix in zip(weights, ("", "_reverse"), strict=False):
        for key, weight in zip(module_weights(), to_torch(torch, params), strict=True):
            given[f"{key}_l0{suffix}"] = weight
    # padding at the start is turned to the end, where PyTorch wants it, and back
    T, lengths = len(mask), mask.sum(axis=0)
    starts = np.argmax(mask, axis=0)
    there = turn(torch, xs, starts)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        there, torch.tensor(lengths), enforce_sorted=False
    )
    state = tuple(torch.stack(field) for field in zip(*states, strict=True))
    out, final = torch.func.functional_call(
        module, given, (packed, state if len(state) > 1 else state[0])
    )
    out, _ = torch.nn.utils.rnn.pad_packed_sequence(out, total_length=T)
    final = final if isinstance(final, tuple) else (final,)
    return turn(torch, out, -starts), [
        tuple(field[way] for field in final) for way in range(ways)
    ]


def module_weights():
    return ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def to_torch(torch, params):
    """PyTorch has the transposed matrices, two biases for every cell, and a GRU's
    blocks as r | z | n.
    """
    W_xh, W_hh, b_h, *others = params
    b_hh = others[0] if others else torch.zeros_like(b_h)
    weights = W_xh.T, W_hh.T, b_h, b_hh
    if isinstance(params, GRU.Params):
        z, r, n = range(3)
        weights = [
            torch.cat([weight.chunk(3)[block] for block in (r, z, n)])
            for weight in weights
        ]
    return weights


def turn(torch, xs, steps):
    """Each sequence of a batch moved towards its start by a number of steps."""
    return torch.stack([xs[:, b].roll(-int(n), 0) for b, n in enumerate(steps)], dim=1)


def last(torch, states_T, ways):
    """What the top layer knows at the end: h of its directions side by side."""
    return torch.cat([state[0] for state in states_T[-ways:]], dim=-1)


def total(torch, case, ys_raw, mask):
    """The loss in PyTorch's own terms."""
    targets = torch.tensor(case.targets)
    if case.model.objective == "cross_entropy":
        each = torch.nn.functional.cross_entropy(
            ys_raw.transpose(1, 2), targets, reduction="none"
        )
    else:
        each = ((ys_raw - targets) ** 2).sum(-1)
    counted = (
        torch.tensor(mask)
        if case.model.readout == "steps"
        else torch.ones_like(each, dtype=torch.bool)
    )
    each = each * counted
    if case.reduce == "sum":
        return each.sum()
    if case.reduce == "token":
        return each.sum() / counted.sum()
    return (each.sum(0) / counted.sum(0)).mean()


@pytest.mark.parametrize("case", [*cases(np.float64), *cases(np.float32)])
def test_loss_and_all_gradients_agree(case):
    dtype = case.params.W_hy.dtype.name
    found = differences(case, torch_loss_and_grad(case))
    FOUND.extend((dtype, part, difference) for part, difference in found.items())
    assert all(difference <= BOUNDS[dtype] for difference in found.values()), found


def test_how_much_was_compared(note):
    import torch

    compared = len(cases(np.float64))
    for dtype, bound in BOUNDS.items():
        found = [one for one in FOUND if one[0] == dtype]
        if len(found) < 5 * compared:
            pytest.skip("counts only when all of this file runs in one process")
        worst = max(found, key=lambda one: one[2])
        assert compared >= 50 and worst[2] <= bound
        note(
            f"PyTorch {torch.__version__}, {dtype}: outputs, loss, states and all"
            f" gradients of {compared} configurations agree to {worst[2]:.1e} of the"
            f" largest entry ({worst[1]}; allowed {bound:.0e})"
        )
