"""The digits that come with the package, and the models that know no time."""

import numpy as np
import pytest

from rnntutor import _data
from rnntutor.lab.digits import datasets as digits
from rnntutor.lab.digits.baselines import least_squares, nearest_neighbors
from rnntutor.lab.digits.datasets import as_points, pen_digits, scanned_digits

SETS = {"pen": pen_digits, "scanned": scanned_digits}
each_set = pytest.mark.parametrize("load", SETS.values(), ids=SETS)


@pytest.mark.parametrize(
    ("load", "sizes", "shape", "top"),
    [
        (pen_digits, (7494, 3498), (8, 2), 100),
        (scanned_digits, (3823, 1797), (8, 8), 16),
    ],
)
def test_sizes(load, sizes, shape, top):
    for part, N in zip(load(), sizes, strict=True):
        T, D = shape
        assert part.xs.shape == (T, N, D) and part.labels.shape == (N,)
        assert part.xs.dtype == np.float64 and part.labels.dtype == np.int64
        assert (
            part.xs.min() == 0
            and part.xs.max() == top
            and np.all(part.xs == part.xs.round())
        )
        np.testing.assert_array_equal(part.rows[5], part.xs[:, 5].ravel())


def test_the_labels_are_those_of_the_original_split():
    counts = [np.bincount(part.labels).tolist() for part in pen_digits()]
    assert counts[0] == [780, 779, 780, 719, 780, 720, 720, 778, 719, 719]
    assert counts[1] == [363, 364, 364, 336, 364, 335, 336, 364, 336, 336]
    counts = [np.bincount(part.labels).tolist() for part in scanned_digits()]
    assert counts[0] == [376, 389, 380, 389, 387, 376, 377, 387, 380, 382]
    assert counts[1] == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_first_digits_are_those_of_the_table():
    eight, zero = pen_digits().train.xs[:, 0], scanned_digits().train.xs[:, 0]
    points = [
        [47, 100],
        [27, 81],
        [57, 37],
        [26, 0],
        [0, 23],
        [56, 53],
        [100, 90],
        [40, 98],
    ]
    assert eight.tolist() == points and pen_digits().train.labels[0] == 8
    assert zero[:2].tolist() == [[0, 1, 6, 15, 12, 1, 0, 0], [0, 7, 16, 6, 6, 10, 0, 0]]
    assert scanned_digits().train.labels[0] == 0


def test_every_pen_digit_fills_its_square():
    for part in pen_digits():
        high, low = part.xs.max(axis=0), part.xs.min(axis=0)
        assert np.all(high == 100) and np.all(low == 0)


@pytest.mark.parametrize(
    ("load", "k", "right"),
    # what UCI's descriptions of the two sets give
    [
        (pen_digits, 1, 97.74),
        (pen_digits, 3, 97.80),
        (scanned_digits, 1, 98.00),
        (scanned_digits, 3, 97.83),
    ],
)
def test_nearest_neighbors_are_as_good_as_published(load, k, right, note):
    train, test = load()
    said = nearest_neighbors(train.rows, train.labels, test.rows, k)
    found = 100 * np.mean(said == test.labels)
    note(
        f"{load.__name__}: {k} nearest neighbors label {found:.2f} % of the test"
        " digits rightly"
    )
    assert abs(found - right) < 0.0051


def test_a_linear_map_is_far_worse(note):
    train, test = pen_digits()
    found = 100 * np.mean(
        least_squares(train.rows, train.labels, test.rows) == test.labels
    )
    note(f"pen_digits: least squares label {found:.2f} % of the test digits rightly")
    assert abs(found - 82.2) < 0.05


def test_nobody_else_s_arrays_are_changed():
    pen_digits().train.xs[:] = 0
    assert pen_digits().train.xs.any()


# The file.


@each_set
def test_a_changed_file_is_noticed(load, tmp_path, monkeypatch):
    name = load.__name__
    content = bytearray((_data.FOLDER / f"{name}.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / f"{name}.npz").write_bytes(content)
    monkeypatch.setattr(_data, "FOLDER", tmp_path)
    digits._read.cache_clear()
    with pytest.raises(
        ValueError, match=rf"^{name}\.npz: expected .* SHA-256 .*, got .* Run: pip"
    ):
        load()
    (tmp_path / f"{name}.npz").unlink()
    with pytest.raises(
        FileNotFoundError, match=rf"^{name}\.npz: expected .*, but there is none\. Run"
    ):
        load()
    monkeypatch.undo()
    assert len(load().train.labels)


@each_set
def test_the_file_is_small_and_says_whose_it_is(load):
    assert (_data.FOLDER / f"{load.__name__}.npz").stat().st_size < 200_000
    words = (_data.FOLDER / "README.md").read_text(encoding="utf-8")
    for one in (
        f"{load.__name__}.npz",
        "CC BY 4.0",
        "10.24432/C5MG6K",
        "10.24432/C50P49",
        "Alpaydin",
    ):
        assert one in words


# The classifiers.


def test_nearest_neighbors_by_hand():
    rows, labels = np.array([[0.0], [1.0], [2.0], [10.0]]), np.array([3, 1, 1, 0])
    queries = np.array([[-1.0], [0.4], [7.0]])
    assert nearest_neighbors(rows, labels, queries).tolist() == [3, 3, 0]
    assert nearest_neighbors(rows, labels, queries, 3).tolist() == [1, 1, 1]
    # two rows equally near: both have a vote, and the smaller label wins, in whatever
    # order they stand
    assert nearest_neighbors(rows, labels, np.array([[0.5]])).tolist() == [1]
    assert nearest_neighbors(rows[::-1], labels[::-1], np.array([[0.5]])).tolist() == [
        1
    ]


def test_nearest_neighbors_are_the_same_in_chunks_as_one_by_one(rng):
    rows, labels, queries = (
        rng.standard_normal((50, 3)),
        rng.integers(0, 4, 50),
        rng.standard_normal((1203, 3)),
    )
    together = nearest_neighbors(rows, labels, queries, 5)
    near = np.argsort(((queries[:, None] - rows) ** 2).sum(axis=2), axis=1)[:, :5]
    alone = [np.bincount(labels[one]).argmax() for one in near]
    assert together.tolist() == alone


def test_least_squares_finds_a_line(rng):
    rows = rng.standard_normal((300, 2))
    labels = (rows[:, 0] - rows[:, 1] > 0).astype(int)
    assert np.mean(least_squares(rows, labels, rows) == labels) > 0.97
    shifted = least_squares(rows + 100, labels, rows + 100)  # it has a bias
    assert np.mean(shifted == labels) > 0.97


ROWS, LABELS = np.eye(4), np.arange(4)


@pytest.mark.parametrize("classify", [nearest_neighbors, least_squares])
@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        (
            {"rows": "x"},
            TypeError,
            "rows: expected an array of floating-point numbers, got",
        ),
        ({"rows": ROWS[0]}, ValueError, r"rows: expected shape \(N, D\)"),
        ({"rows": ROWS * np.nan}, ValueError, "rows: expected finite numbers, got 16"),
        (
            {"labels": LABELS[:3]},
            ValueError,
            r"labels: expected shape \(4,\), got \(3,\)",
        ),
        (
            {"labels": ROWS[0]},
            TypeError,
            "labels: expected an array of integers, got dtype float64",
        ),
        (
            {"labels": -LABELS},
            ValueError,
            "labels: expected integers of at least 0, got -3",
        ),
        (
            {"queries": ROWS[:, :3]},
            ValueError,
            r"queries: expected shape \(M, 4\).*, got \(4, 3\)",
        ),
        (
            {"queries": None},
            TypeError,
            "queries: expected an array of floating-point numbers, got",
        ),
    ],
)
def test_wrong_arguments(classify, changed, error, message):
    with pytest.raises(error, match=f"^{message}"):
        classify(**({"rows": ROWS, "labels": LABELS, "queries": ROWS} | changed))


@pytest.mark.parametrize(
    ("k", "error", "message"),
    [
        (0, ValueError, "k: expected an integer of at least 1, got 0"),
        (1.5, TypeError, "k: expected an integer of at least 1, got 1.5"),
        (5, ValueError, "k: expected at most the 4 rows, got 5"),
    ],
)
def test_a_wrong_number_of_neighbors(k, error, message):
    with pytest.raises(error, match=f"^{message}"):
        nearest_neighbors(ROWS, LABELS, ROWS, k)


def test_points_at_equal_distances_fill_the_square():
    angle = np.linspace(0, 1.5 * np.pi, 400)
    arc = np.column_stack([3 * np.cos(angle), np.sin(angle)]) + 7
    points = as_points([arc[:150], arc[150:]])
    np.testing.assert_array_equal(points.min(axis=0), [0, 0])
    np.testing.assert_allclose(points.max(axis=0), [100, 100])
    wide = np.ptp(as_points([arc], 2000), axis=0)
    fine = as_points([arc], 2000) / wide * np.ptp(arc, axis=0)
    steps = np.hypot(*np.diff(fine, axis=0).T)
    np.testing.assert_allclose(steps, steps.mean(), rtol=1e-2)


def test_a_dot_and_a_stroke_straight_up_are_digits_too():
    np.testing.assert_array_equal(as_points([[[3.0, 4.0]]]), np.zeros((8, 2)))
    up = as_points([np.array([[5, 0], [5, 7]])])
    np.testing.assert_allclose(up[:, 1], np.linspace(0, 100, 8))
    assert not up[:, 0].any()


@pytest.mark.parametrize("strokes", [[], [[1, 2]], [np.zeros((2, 3))]])
def test_what_is_no_stroke_is_refused(strokes):
    with pytest.raises(ValueError, match="expected"):
        as_points(strokes)
