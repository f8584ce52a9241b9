"""Record of a fast forward pass: everything that the backward pass needs."""

from __future__ import annotations

from collections.abc import Sequence


class FastPass:
    """A forward pass.

    Attributes
    ----------
    hs : array (T+1, B, H)
        h_0 … h_T.
    xs : array (T, B, D)
        The inputs; None if they were symbols.
    mask : bool array (T, B) or None
    buffers : list of array
        See `rnntutor.fast.schedule`.
    """

    def __init__(self, schedule, hs, xs, mask, buffers):
        self.schedule, self.hs, self.xs, self.mask, self.buffers = (
            schedule,
            hs,
            xs,
            mask,
            buffers,
        )

    @property
    def outputs(self):
        """h_1 … h_T, (T, B, H)."""
        return self.hs[1:]

    @property
    def final(self):
        """h_T, (B, H)."""
        return self.hs[-1]

    @property
    def state_T(self):
        """The final state."""
        return self.states[-1]

    @property
    def states(self):
        """The states from t = 0 to T."""
        return States(self)


class States(Sequence):
    """The T + 1 states of a pass, each copied when it is asked for."""

    def __init__(self, passed):
        self._passed = passed

    def __len__(self):
        return len(self._passed.hs)

    def __getitem__(self, t):
        if isinstance(t, slice):
            return [self[i] for i in range(*t.indices(len(self)))]
        return self._passed.schedule.state(self._passed, range(len(self))[t])
