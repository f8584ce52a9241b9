"""Work that is cut for several threads: nothing is lost, and BLAS keeps to one thread
meanwhile.
"""

import time
import warnings

import numpy as np
import pytest
import threadpoolctl

from rnntutor import cross_entropy, threads
from rnntutor.fast.threads import CACHED, blocks, matmul, parts, share


def test_parts_cover_all_once():
    for n in (1, 2, 3, 7):
        with threads(n):
            for length in (1, 2, 5, 100):
                cut = parts(length)
                assert len(cut) == min(n, length)
                assert [i for part in cut for i in range(length)[part]] == list(
                    range(length)
                )
                assert parts(length, work=10) == [slice(0, length)]
                assert len(parts(length, least=3)) == max(1, min(n, length // 3))


def test_blocks_cover_a_part_once_and_fit_a_cache():
    for part in (slice(0, 1), slice(7, 100), slice(5, 5)):
        for width in (1, CACHED // 10, CACHED // 10 + 1, 2 * CACHED):
            cut = blocks(part, width)
            rows = range(part.stop)
            assert [i for some in cut for i in rows[some]] == list(rows[part])
            assert all(
                len(rows[some]) == 1 or len(rows[some]) * width <= CACHED
                for some in cut
            )


def test_blas_has_one_thread_within_and_what_it_had_after():
    def blas():
        return [
            lib["num_threads"]
            for lib in threadpoolctl.threadpool_info()
            if lib["user_api"] == "blas"
        ]

    before = blas()
    with threads(2):
        assert set(blas()) == {1}
    assert blas() == before


def test_every_item_is_done_in_order_and_an_error_comes_through():
    with threads(3):
        assert share(lambda i: i * i, range(3)) == [0, 1, 4]
        with pytest.raises(ZeroDivisionError):
            share(lambda i: 1 // i, [1, 2, 0])


def test_nobody_is_at_work_any_more_when_an_error_comes_through():
    done = []

    def work(i):
        if i == 0:
            raise KeyboardInterrupt
        time.sleep(0.05)
        done.append(i)

    with threads(3):
        with pytest.raises(KeyboardInterrupt):
            share(work, range(3))
        assert sorted(done) == [1, 2]


def test_what_is_ignored_here_is_ignored_in_every_thread():
    with threads(2), np.errstate(over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        share(lambda x: np.exp(np.full(3, x)), [1e5, 1e6])


def test_a_part_is_not_cut_again():
    with threads(2):
        assert share(lambda _: len(parts(10)), [0, 1]) == [1, 1]


def test_products_and_losses_are_those_of_one_thread():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((20, 30, 200)), rng.standard_normal((200, 300))
    ys_raw, targets = rng.standard_normal((40, 30, 500)), rng.integers(0, 500, (40, 30))
    with threads(1):
        product, (loss, slope) = matmul(a, b), cross_entropy(ys_raw, targets)
    with threads(3):
        np.testing.assert_allclose(matmul(a, b), product, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(
            matmul(b.T[:, :9], b[:9]), b.T[:, :9] @ b[:9], rtol=1e-12, atol=1e-12
        )
        np.testing.assert_allclose(matmul(a[0], b), product[0], rtol=1e-12, atol=1e-12)
        loss_3, slope_3 = cross_entropy(ys_raw, targets)
    assert loss_3 == pytest.approx(loss, rel=1e-14)
    np.testing.assert_array_equal(slope_3, slope)


@pytest.mark.parametrize(
    ("n", "error", "got"),
    [
        (0, ValueError, "got 0"),
        (1.5, TypeError, "got 1.5"),
        (True, TypeError, "got True"),
    ],
)
def test_a_wrong_number_is_named(n, error, got):
    with (
        pytest.raises(error, match=f"n: expected an integer of at least 1, {got}"),
        threads(n),
    ):
        pass
