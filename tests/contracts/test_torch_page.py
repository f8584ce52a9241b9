"""The lines of appendix A1 that carry a net to PyTorch and back, as they stand on the
page.
"""

import importlib.util
import re

import numpy as np
import pytest
from reading import ROOT, load, source

import rnntutor as rt

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed (pip install torch)",
)

T, B, D, H, V = 12, 4, 5, 7, 6
LR, MOMENTUM = 0.125, 0.875


@pytest.fixture(scope="module")
def page():
    """What the block defines."""
    cells = load(ROOT / "notebooks" / "a1_tensorflow_gpu.ipynb")["cells"]
    texts = [source(cell) for cell in cells if cell["cell_type"] == "markdown"]
    pattern = r"^```\{code-block\} python\n(.*?)^```$"
    (block,) = re.findall(pattern, "\n".join(texts), re.MULTILINE | re.DOTALL)
    assert len([line for line in block.splitlines() if line.strip()]) <= 42
    defined = {}
    exec(compile(block, "appendix A1", "exec"), defined)
    return defined


@pytest.fixture(params=[np.float64, np.float32])
def problem(request, rng):
    """A model, its parameters, and a batch, in either precision."""
    model = rt.Model(rt.LSTM(), D, H, V)
    xs = rng.normal(size=(T, B, D)).astype(request.param)
    return model, model.init(rng, request.param), xs, rng.integers(0, V, (T, B))


def test_weights_go_there_and_come_back(page, problem):
    _, params, *_ = problem
    back = page["from_torch"](page["to_torch"](params))
    for (name, array), (same, there) in zip(
        rt.tree.leaves(params), rt.tree.leaves(back), strict=True
    ):
        assert name == same and array.dtype == there.dtype
        np.testing.assert_array_equal(there, array)


def test_logits_and_gradients_are_the_same(page, problem):
    import torch

    model, params, xs, labels = problem
    bound = {"float64": 1e-13, "float32": 1e-5}[xs.dtype.name]
    net = page["to_torch"](params)
    ys_raw = net(torch.tensor(xs))
    assert rt.compare(
        ys_raw.detach().numpy(), model.forward(params, xs).ys_raw, tol=bound
    ).ok
    loss = torch.nn.functional.cross_entropy(
        ys_raw.flatten(0, 1), torch.tensor(labels).flatten()
    )
    loss.backward()
    ours = model.loss_and_grad(params, xs, labels, reduce="token")
    assert loss.item() == pytest.approx(ours.loss, rel=bound)
    grads = [w.grad.numpy() for w in net.parameters() if w.requires_grad]
    for (name, grad), found in zip(rt.tree.leaves(ours.grads), grads, strict=True):
        transposed = found.T if found.ndim == 2 else found
        assert rt.compare(transposed, grad, tol=bound).ok, name


@pytest.mark.parametrize(("scale", "bound"), [(1.0, 1e-12), (20.0, 1e-5)])
def test_training_goes_the_same_way(page, rng, scale, bound):
    """Twenty steps; with larger inputs the gradient is clipped, where PyTorch adds 1e-6
    to the norm.
    """
    import torch

    model = rt.Model(rt.LSTM(), D, H, V)
    now, sgd = model.init(rng), rt.SGD(LR, MOMENTUM, clip=1.0)
    now = now._replace(W_hy=scale * now.W_hy)
    net, state = page["to_torch"](now), sgd.init(now)
    optimizer = torch.optim.SGD(net.parameters(), LR, MOMENTUM)
    clipped = 0
    for _ in range(20):
        xs, labels = rng.normal(size=(T, B, D)), rng.integers(0, V, (T, B))
        found = model.loss_and_grad(now, xs, labels, reduce="token")
        loss = page["step"](net, optimizer, torch.tensor(xs), torch.tensor(labels))
        assert loss == pytest.approx(found.loss, rel=bound)
        clipped += np.linalg.norm(rt.tree.flatten(found.grads)) > 1
        now, state, *_ = sgd.update(now, found.grads, state)
    assert (clipped > 5) == (scale > 1)
    back = page["from_torch"](net)
    gap = np.abs(rt.tree.flatten(back) - rt.tree.flatten(now)).max()
    assert gap < bound


def test_two_trained_biases_move_twice_as_far(page, problem):
    """Why the page freezes one of them."""
    import torch

    model, params, xs, labels = problem
    grads = model.loss_and_grad(params, xs, labels, reduce="token").grads
    moved = []
    for both in (False, True):
        net = page["to_torch"](params)
        net.lstm.bias_hh_l0.requires_grad_(both)
        optimizer = torch.optim.SGD(net.parameters(), 0.5)
        loss = torch.nn.functional.cross_entropy(
            net(torch.tensor(xs)).flatten(0, 1), torch.tensor(labels).flatten()
        )
        loss.backward()
        optimizer.step()
        moved.append(params.cell.b_h - page["from_torch"](net).cell.b_h)
    np.testing.assert_allclose(moved[0], 0.5 * grads.cell.b_h, atol=1e-6)
    np.testing.assert_allclose(moved[1], 1.0 * grads.cell.b_h, atol=1e-6)


def test_the_lines_of_chapter_16_look_up_the_same(rng):
    """Means and gradients of the dot-product attention, as they stand on the page."""
    from rnntutor.nets import Dot

    cells = load(ROOT / "notebooks" / "16_attention.ipynb")["cells"]
    texts = [source(cell) for cell in cells if cell["cell_type"] == "markdown"]
    pattern = r"^```\{code-block\} python\n(.*?)^```$"
    (block,) = re.findall(pattern, "\n".join(texts), re.MULTILINE | re.DOTALL)
    defined = {}
    exec(compile(block, "chapter 16", "exec"), defined)
    kind, there = Dot(5), np.arange(6) < np.array([[6], [4]])
    params = kind.init(rng, 3, 4)
    hs, memory = rng.normal(size=(2, 7, 3)), rng.normal(size=(2, 6, 4))
    dmeans = rng.normal(size=(2, 7, 4))
    means, (h, v, W_q, W_k) = defined["torch_look"](params, hs, memory, there)
    means.backward(torch_of(dmeans))
    look = kind.forward(params, hs, memory, there)
    dhs, dmemory, dparams = kind.backward(params, look, dmeans)
    pairs = [(look.means, means.detach()), (dhs, h.grad), (dmemory, v.grad)]
    pairs += [(dparams.W_q, W_q.grad), (dparams.W_k, W_k.grad)]
    for ours, theirs in pairs:
        bound = 1e-13 * np.abs(ours).max()
        np.testing.assert_allclose(theirs.numpy(), ours, rtol=0, atol=bound)


def torch_of(array):
    import torch

    return torch.tensor(array)
