"""Texts in any script: marks above and below letters, lower case, a symbol for the
unknown, cut in two.
"""
# ruff: noqa: RUF001 — letters of other scripts that look like Latin ones are meant

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor import Vocabulary
from rnntutor.text import words
from rnntutor.text.tokens import join_words

SIGNS = "aB'-.,;(){}[]<> \n\r\t\u2019é\u0301\u093f\u200b\u200d👨🏽\U0001f1e9ΣςİUNK"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा", "।"]),
        ("un cafe\u0301.", ["un", "cafe\u0301", "."]),
        ("مُحَمَّد، நான்", ["مُحَمَّد", "،", "நான்"]),
        ("می\u200cخواهم Schiff\u00adfahrt", ["می\u200cخواهم", "Schiff\u00adfahrt"]),
        ("ខ្ញុំ\u200bស្រលាញ់", ["ខ្ញុំ", "ស្រលាញ់"]),
        ("( \u0301 \n\u0301", ["(", "\u0301", "\n", "\u0301"]),
        ("col·lecció צה״ל Ինչպե՞ս", ["col·lecció", "צה״ל", "Ինչպե՞ս"]),
        ("non\u2011stop O\u2018zbek", ["non\u2011stop", "O\u2018zbek"]),
        (
            "❤\ufe0f👍🏽🇩🇪🇫🇷👨\u200d👩\u200d👧!",
            ["❤\ufe0f", "👍🏽", "🇩🇪", "🇫🇷", "👨\u200d👩\u200d👧", "!"],
        ),
    ],
)
def test_no_word_is_torn(text, tokens):
    """A combining mark, and what is not seen, belongs to the character before it."""
    assert words(text) == tokens


def test_words_are_lower_cased_each_by_itself():
    assert words("ΑΣ.Α ΚΑΣΑ İİ", lower=True) == ["ας", ".", "α", "κασα", "i̇i̇"]


@given(st.text(alphabet=SIGNS), st.booleans())
def test_words_survive_being_joined(text, lower):
    tokens = words(text, lower)
    assert words(join_words(tokens), lower) == tokens


UNKNOWNS = ["[UNK]", "UNK", "(x", "-a"]


@pytest.mark.parametrize("unknown", UNKNOWNS)
@given(st.text(alphabet=SIGNS).filter(words), st.booleans(), st.data())
def test_any_unknown_word_comes_back(unknown, text, lower, data):
    """Also between words that look like parts of it, and wherever the ids are cut in
    two.
    """
    vocabulary = Vocabulary.from_text(
        f"{text} {unknown} [ UNK ] a", "word", unknown=unknown, lower=lower
    )
    ids = data.draw(st.lists(st.integers(0, len(vocabulary) - 1), max_size=8))
    assert vocabulary.encode(vocabulary.decode(ids)).tolist() == ids
    first, rest = vocabulary.decode(ids[:3]), vocabulary.decode(ids[3:])
    assert vocabulary.join(first, rest) == vocabulary.decode(ids)


def test_an_unknown_symbol_of_several_characters():
    vocabulary = Vocabulary.from_text("abc", unknown="[UNK]", lower=True, size=3)
    assert vocabulary.encode(vocabulary.decode([0, 1, 0, 2])).tolist() == [0, 1, 0, 2]
    assert vocabulary.encode("A[unk]").tolist() == [1, 0, 0, 0, 0, 0]


@given(st.text(alphabet="ΑΣσςİi'. \u0307", min_size=1), st.data())
def test_a_part_of_a_lower_cased_text_has_the_symbols_of_the_whole(text, data):
    vocabulary = Vocabulary.from_text(text, lower=True)
    cut = data.draw(st.integers(0, len(text)))
    parts = [vocabulary.encode(part) for part in (text[:cut], text[cut:])]
    assert np.concatenate(parts).tolist() == vocabulary.encode(text).tolist()


@pytest.mark.parametrize(
    ("text", "more", "joined"),
    [
        ("The cat sat", ".", "The cat sat."),
        ("The cat  sat", "on", "The cat  sat on"),
        ("The cat ", "sat", "The cat sat"),
        ("The cat\n", ".", "The cat\n."),
        ("The cat (", "sat)", "The cat (sat)"),
        ("The cat", "\nsat", "The cat\nsat"),
        ("", "sat", "sat"),
        ("The cat", "", "The cat"),
    ],
)
def test_a_text_and_what_follows_are_spaced_like_one(text, more, joined):
    assert Vocabulary(["a"], "word").join(text, more) == joined
    assert Vocabulary(["a"]).join(text, more) == text + more
