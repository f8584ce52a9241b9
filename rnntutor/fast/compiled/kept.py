"""Machine code that is kept on disk, where there is a place for it."""

from __future__ import annotations

import contextlib

from numba import njit
from numba.core.caching import FunctionCache


def kept(**options):
    """`numba.njit` with these options; what it makes is kept, as with ``cache=True``,
    if that can be done.

    Otherwise each process makes it anew: Numba itself gives up, be it in a folder that
    cannot be written to, by a user without one of his own, or on a disk that is full.
    """

    def decorate(function):
        compiled = njit(**options)(function)
        with contextlib.suppress(RuntimeError):  # there is no such folder
            compiled._cache = _Cache(function)
        return compiled

    return decorate


class _Cache(FunctionCache):
    """Numba's, which does not insist."""

    def save_overload(self, sig, data):
        with contextlib.suppress(OSError):
            super().save_overload(sig, data)
