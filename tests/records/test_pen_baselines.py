"""What the nets on pen digits are held against: copies, the choice of settings, and the
record.
"""

import numpy as np
import pytest
from recorded import content_of


def test_copies_are_linear_maps_of_the_digits(script, rng):
    xs = [rng.normal(size=(6, 5)) for _ in range(4)]
    script = script("pen_baselines")
    digits = script["Sequences"](xs, np.arange(4), np.ones(4))
    known = script["with_copies"](digits, 2, 0.1, seed=1)
    assert known.labels.tolist() == [0, 1, 2, 3] * 3
    for i, one in enumerate(known.xs):
        of = xs[i % 4]
        assert (one[:, 4] == of[:, 4]).all()  # a lift of the pen
        map_, *_ = np.linalg.lstsq(of[:, :2], one[:, :2], rcond=None)
        np.testing.assert_allclose(of[:, :2] @ map_, one[:, :2], atol=1e-12)
        np.testing.assert_allclose(of[:, 2:4] @ map_, one[:, 2:4], atol=1e-12)
        off = np.abs(map_ - np.eye(2)).max()
        assert off < 1e-9 if i < 4 else 0.001 < off < 0.5


@pytest.mark.parametrize("best", [1, 8, 0.25])
def test_a_rate_is_looked_for_in_both_directions(script, best):
    climb, asked = script("_lib/rates")["climb"], []

    def loss_at(rate):
        asked.append(rate)
        return abs(np.log2(rate / best))

    assert climb(loss_at, 1) == best
    assert len(asked) == len(set(asked)) and {best / 2, best * 2} <= set(asked)


def test_the_record_agrees_with_itself(script):
    found, script = content_of("pen-baselines"), script("pen_baselines")
    assert found["held_out"] == 1499
    test = script["points"]()[1]
    for method, one in found["methods"].items():
        own = [row for row in found["tried"] if row["method"] == method]
        best = max(row["accuracy"] for row in own)
        chosen = [row for row in own if row.items() >= one["settings"].items()]
        assert {row["accuracy"] for row in chosen} == {best}
        for row in one["seeds"]:
            assert row.items() >= one["settings"].items()
            share = 100 * (1 - len(row["wrong"]) / len(test.labels))
            assert row["accuracy"] == pytest.approx(share, abs=1e-3)
            assert all(said != test.labels[i] for i, said in row["wrong"])
