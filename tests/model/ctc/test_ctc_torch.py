"""A third opinion, where PyTorch is installed: its own loss, in double precision."""

import numpy as np
import pytest

from rnntutor.model.ctc import ctc_loss

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

T, V = 30, 6
LABELS = [[0, 1, 2, 3, 4], [1, 1, 1], [], [2], [0, 0, 3, 3, 0, 1]]
LENGTHS = [30, 12, 7, 1, 25]


def test_loss_and_gradient_are_those_of_pytorch(rng, note):
    ys_raw = 2 * rng.standard_normal((T, len(LABELS), V))
    mask = np.arange(T)[:, None] < LENGTHS
    loss, dys_raw = ctc_loss(ys_raw, LABELS, mask, "sum")
    leaf = torch.tensor(ys_raw, requires_grad=True)
    theirs = torch.nn.functional.ctc_loss(
        leaf.log_softmax(2),
        torch.tensor([v for one in LABELS for v in one]),
        torch.tensor(LENGTHS),
        torch.tensor([len(one) for one in LABELS]),
        blank=V - 1,
        reduction="sum",
    )
    theirs.backward()
    assert abs(loss - theirs.item()) <= 1e-13 * loss
    worst = np.abs(dys_raw - leaf.grad.numpy()).max() / np.abs(dys_raw).max()
    assert worst <= 1e-13
    note(f"CTC: PyTorch's gradient agrees to {worst:.1e} of the largest entry")
