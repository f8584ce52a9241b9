"""What padding asks for."""

from __future__ import annotations

import numpy as np


def hold(mask, before, now):
    """Where a sequence is padding, what was before stands still; mask (b,), the others
    (H, b).
    """
    np.copyto(now, before, where=~mask)
