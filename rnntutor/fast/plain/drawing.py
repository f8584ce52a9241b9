"""Drawing symbols as `rnntutor.text.sampling` does it, without its checks."""

from __future__ import annotations

import numpy as np


def symbols(y_raw, temperature, uniforms, drawn):
    """Yield symbol after symbol for the outputs that stand in `y_raw` (V,) by then,
    until these are not finite.

    They are kept in `drawn` (n,).
    """
    for i, u in enumerate(uniforms):
        largest = y_raw.max()
        if not (np.isfinite(largest) and np.isfinite(y_raw.min())):
            return
        below = y_raw.astype(np.float64) - float(largest)
        weights = (
            np.exp(below / temperature) if temperature else below == 0
        )  # eq-temperature
        total = np.cumsum(weights)
        drawn[i] = min(
            int(total.searchsorted(u * total[-1], side="right")), len(total) - 1
        )
        yield drawn[i]
