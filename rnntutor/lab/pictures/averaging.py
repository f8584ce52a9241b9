"""One answer for a clip from an answer for each frame."""

from __future__ import annotations

from rnntutor.model.losses import softmax


def average_softmax(ys_raw):
    r"""Mean over the steps of the probabilities that each step gives,
    :math:`\frac{1}{T} \sum_t y_t`.

    Parameters
    ----------
    ys_raw : array (T, B, V)
        Output pre-activations, as from `Model.forward`.

    Returns
    -------
    array (B, V)
        Each row sums to 1.

    Raises
    ------
    TypeError, ValueError
        As for `softmax`.
    """
    return softmax(ys_raw).mean(axis=0)  # eq-averaged-softmax
