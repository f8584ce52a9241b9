"""What padding asks for."""

from __future__ import annotations

import numpy as np


def hold(mask, before, now):
    """Where a sequence is padding, keep what was before; mask (b,), the others
    (H, b).
    """
    np.copyto(now, before, where=~mask)
