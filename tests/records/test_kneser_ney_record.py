"""The record of n-grams belongs to the code as it is, and gives the published row."""

import numpy as np
import pytest
from recorded import content_of, the_text


def test_kneser_ney_on_the_plays_is_what_its_file_says(script):
    code, content = script("kneser_ney"), content_of("kneser-ney")
    for level, key, contexts in (
        ("char", "plays_characters", (1, 3)),
        ("word", "plays_words", (1, 2)),
    ):
        losses = code["plays"](level, contexts)
        at = [content["contexts"].index(n) for n in contexts]
        for part in ("valid_losses", "test_losses"):
            np.testing.assert_allclose(
                losses[part], [content[key][part][i] for i in at], atol=2e-5
            )


PUBLISHED = {
    "measured elsewhere": (
        "test_losses",
        [2.398, 1.926, 1.518, 1.310, 1.228, 1.199, 1.190],
    ),
    "Karpathy et al. 2015": (
        "test_losses_as_one_text",
        [2.399, 1.928, 1.521, 1.314, 1.232, 1.203, 1.194],
    ),
}


@pytest.mark.parametrize(("key", "row"), PUBLISHED.values(), ids=list(PUBLISHED))
def test_kneser_ney_on_war_and_peace_is_the_published_row(key, row):
    np.testing.assert_allclose(
        content_of("kneser-ney")["war_and_peace"][key], row, atol=0.001
    )


def test_kneser_ney_on_war_and_peace_is_what_its_file_says(script):
    code, path = script("kneser_ney"), the_text()
    have = code["war_and_peace"](
        code["texts"].read(path, "war-and-peace"), contexts=(1, 2, 3)
    )
    for key, losses in content_of("kneser-ney")["war_and_peace"].items():
        np.testing.assert_allclose(have[key], losses[:3], atol=2e-5)
