"""Machine code that is kept on disk, or made anew where that cannot be."""

import errno

import numpy as np
import pytest

from rnntutor.fast import schedule

if not schedule.compiles():
    pytest.skip("Numba or SciPy is not installed", allow_module_level=True)

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile

from rnntutor.fast.compiled.kept import kept


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    return tmp_path


def doubled():
    """A function as another process would make it."""

    @kept(nogil=True)
    def double(x):
        return 2 * x

    assert double(np.float32(1.5)) == 3 and double.targetoptions["nogil"]
    return double.stats


def test_it_is_kept(folder):
    assert not doubled().cache_hits and [*folder.rglob("*.nbc")]
    assert doubled().cache_hits


def test_without_a_place_it_is_made_anew(folder, monkeypatch):
    """An installation that cannot be written to, by a user without a folder of his own."""
    monkeypatch.setattr(FunctionCache._impl_class, "_locator_classes", [])
    with pytest.raises(RuntimeError, match="no locator available"):
        numba.njit(cache=True)(lambda x: x)
    assert (
        not doubled().cache_hits
        and not doubled().cache_hits
        and not [*folder.iterdir()]
    )


def test_on_a_full_disk_it_is_made_anew(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    assert not doubled().cache_hits and not doubled().cache_hits
