"""The record of the nets that over-fit belongs to the script as it is."""

from recorded import content_of


def test_the_record_is_of_these_settings(script):
    code, content = script("overfitting"), content_of("overfitting")
    assert content["settings"] == code["SETTINGS"]
    asked = [{name: run[name] for name in one}
             for one, run in zip(code["RUNS"], content["runs"], strict=True)]  # fmt: skip
    assert asked == code["RUNS"]


def test_what_the_chapter_says_of_it():
    """By itself it gets worse and worse; every remedy is better, and both are best."""
    plain, *others = content_of("overfitting")["runs"]
    assert plain["valid"][-1] > min(plain["valid"]) + 0.5
    for run in others:
        assert min(run["valid"]) < min(plain["valid"])
        assert run["valid"][-1] < plain["valid"][-1]
        assert run["train"][-1] > plain["train"][-1]
    assert min(others, key=lambda run: min(run["valid"])) is others[-1]
