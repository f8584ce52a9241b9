"""Text: tokenizers, vocabulary, batches, one-hot vectors, the reader's own file."""

import os
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnntutor.text.files import (
    Vocabulary,
    characters,
    contiguous_batches,
    one_hot,
    read_text,
    split_text,
    words,
)
from rnntutor.text.tokens import join_words

TEXT = "to be, or not to be"
CHARS = Vocabulary.from_text(TEXT)

# ----------------------------------------------------------------------------
# tokenizers


def test_characters_are_the_characters():
    assert characters("ab\n b") == ["a", "b", "\n", " ", "b"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("To be, or not.", ["To", "be", ",", "or", "not", "."]),
        ("o'er the heart-ache", ["o'er", "the", "heart-ache"]),
        ("die--to sleep", ["die", "--", "to", "sleep"]),
        ("'Tis", ["'", "Tis"]),
        ("HAMLET:\n\nO!", ["HAMLET", ":", "\n", "\n", "O", "!"]),
        ("a <unk>  b\t", ["a", "<unk>", "b"]),
        ("", []),
    ],
)
def test_words(text, tokens):
    assert words(text) == tokens


def test_words_lower_cases_on_request():
    assert words("To BE", lower=True) == ["to", "be"]


def test_joined_words_read_like_text():
    assert (
        join_words(words("HAMLET:\nTo be, or (not) to be!"))
        == "HAMLET:\nTo be, or (not) to be!"
    )


# ----------------------------------------------------------------------------
# vocabulary


def test_characters_stand_in_code_point_order():
    assert CHARS.symbols == (" ", ",", "b", "e", "n", "o", "r", "t")
    assert len(CHARS) == 8
    assert "o" in CHARS and "z" not in CHARS
    assert CHARS.encode("to").tolist() == [7, 5]
    assert CHARS.encode("to").dtype == np.int64


def test_words_stand_by_falling_frequency_after_the_unknown():
    vocabulary = Vocabulary.from_text("b b a a c d", level="word")
    assert vocabulary.symbols == ("<unk>", "a", "b", "c", "d")
    assert vocabulary.encode("a x d").tolist() == [1, 0, 4]
    assert vocabulary.decode([1, 0, 4]) == "a <unk> d"


def test_the_unknown_symbol_may_stand_in_the_text_itself():
    vocabulary = Vocabulary.from_text("a <unk> a", level="word")
    assert vocabulary.symbols == ("<unk>", "a")
    assert vocabulary.encode("a <unk> b").tolist() == [1, 0, 0]


def test_size_keeps_the_most_frequent_and_counts_the_unknown():
    assert Vocabulary.from_text("b b a a c c c d", level="word", size=3).symbols == (
        "<unk>",
        "c",
        "a",
    )
    assert Vocabulary.from_text("aaabbc", size=3, unknown="?").symbols == (
        "?",
        "a",
        "b",
    )
    assert Vocabulary.from_text("aab", size=2).symbols == ("a", "b")


def test_min_count_drops_the_rare():
    assert Vocabulary.from_text("b b a", level="word", min_count=2).symbols == (
        "<unk>",
        "b",
    )


def test_an_unknown_character_can_have_a_symbol():
    vocabulary = Vocabulary.from_text("ab", unknown="\ufffd")
    assert vocabulary.encode("axb").tolist() == [1, 0, 2]
    assert vocabulary.decode(vocabulary.encode("axb")) == "a\ufffdb"


@pytest.mark.parametrize("level", ["char", "word"])
def test_lower_holds_for_collecting_and_for_encoding(level):
    vocabulary = Vocabulary.from_text("a A b", level=level, lower=True)
    assert "A" not in vocabulary
    assert vocabulary.encode("A").tolist() == vocabulary.encode("a").tolist()


def test_the_text_alone_decides_the_order():
    again = Vocabulary.from_text(TEXT[::-1])
    assert again == CHARS and hash(again) == hash(CHARS)
    assert Vocabulary.from_text("b a", level="word") == Vocabulary.from_text(
        "a b", level="word"
    )


def test_a_vocabulary_cannot_be_changed():
    with pytest.raises(AttributeError):
        CHARS.symbols = ("a",)
    assert isinstance(Vocabulary(["a", "b"]).symbols, tuple)


def test_the_repr_is_short():
    assert repr(CHARS) == "Vocabulary(8 characters, unknown=None)"


@given(st.text(min_size=1))
def test_characters_come_back(text):
    vocabulary = Vocabulary.from_text(text)
    ids = vocabulary.encode(text)
    assert ids.shape == (len(text),)
    assert vocabulary.decode(ids) == text
    assert sorted(set(ids.tolist())) == list(range(len(vocabulary)))


@given(st.text(alphabet="ab'-., \n(", min_size=1).filter(words))
def test_words_come_back_as_tokens(text):
    vocabulary = Vocabulary.from_text(text, level="word")
    assert words(vocabulary.decode(vocabulary.encode(text))) == words(text)


def test_nothing_encodes_to_nothing_and_back():
    assert CHARS.encode("").shape == (0,)
    assert CHARS.decode([]) == CHARS.decode(np.zeros(0, np.int64)) == ""


# ---------------------------------------------------------------------------- batches


def test_batches_of_a_small_text_by_hand():
    batches = contiguous_batches(np.arange(14), B=2, T=3)
    assert len(batches) == 2 and batches.unused == 1
    (x1, y1), (x2, y2) = batches
    assert x1.T.tolist() == [[0, 1, 2], [6, 7, 8]]
    assert y1.T.tolist() == [[1, 2, 3], [7, 8, 9]]
    assert x2.T.tolist() == [[3, 4, 5], [9, 10, 11]]
    assert y2.T.tolist() == [[4, 5, 6], [10, 11, 12]]


@given(
    hnp.arrays(np.int64, st.integers(2, 200), elements=st.integers(0, 9)),
    st.integers(1, 6),
    st.integers(1, 12),
)
def test_chunks_joined_in_time_are_the_rows_of_the_text(ids, B, T):
    K = (len(ids) - 1) // (B * T)
    if K == 0:
        with pytest.raises(ValueError, match="ids: expected at least"):
            contiguous_batches(ids, B, T)
        return
    batches = contiguous_batches(ids, B, T)
    pairs = list(batches)
    assert len(pairs) == len(batches) == K
    assert all(x.shape == y.shape == (T, B) for x, y in pairs)
    inputs = np.concatenate([x for x, _ in pairs])
    targets = np.concatenate([y for _, y in pairs])
    used = K * B * T
    assert inputs.T.ravel().tolist() == ids[:used].tolist()
    assert targets.T.ravel().tolist() == ids[1 : used + 1].tolist()
    assert used + 1 + batches.unused == len(ids) and batches.unused < B * T


def test_one_symbol_more_than_a_batch_is_enough():
    assert len(contiguous_batches(np.arange(7), 2, 3)) == 1
    with pytest.raises(ValueError, match=r"B\*T \+ 1 = 7 symbols .* got 6"):
        contiguous_batches(np.arange(6), 2, 3)


def test_a_second_pass_is_the_same_whatever_was_done_to_the_first():
    ids = np.arange(20)
    batches = contiguous_batches(ids, 2, 4)
    first = [(x.copy(), y.copy()) for x, y in batches]
    for x, y in batches:
        x[:] = y[:] = -1
    ids[:] = -2
    for (x, y), (x0, y0) in zip(batches, first, strict=True):
        assert (x == x0).all() and (y == y0).all()


def test_two_passes_at_once_do_not_disturb_each_other():
    batches = contiguous_batches(np.arange(30), 2, 3)
    assert all((a[0] == b[0]).all() for a, b in zip(batches, batches, strict=True))


# ---------------------------------------------------------------------------- one-hot


@given(
    hnp.arrays(
        np.int32, hnp.array_shapes(max_dims=3, max_side=4), elements=st.integers(0, 4)
    )
)
def test_one_hot_has_its_one_in_the_right_place(ids):
    vectors = one_hot(ids, 5)
    assert vectors.shape == (*ids.shape, 5) and vectors.dtype == np.float64
    assert (vectors.argmax(-1) == ids).all()
    assert (vectors.sum(-1) == 1).all() and ((vectors == 0) | (vectors == 1)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_one_hot_has_the_dtype_asked_for(dtype):
    assert one_hot([0, 2], 3, dtype).dtype == dtype


# ---------------------------------------------------------------------------- files


def test_reads_a_file_by_str_and_by_path(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("Ä text.\n", encoding="utf-8")
    assert read_text(path) == read_text(str(path)) == "Ä text.\n"


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"\xef\xbb\xbfabc", "utf-8", "abc"),
        (b"a\r\nb\rc\n", "utf-8", "a\nb\nc\n"),
        (b"caf\xe9", "latin-1", "café"),
        ("a\r\nb".encode("utf-16"), "utf-16", "a\nb"),
        (b"\xff\xfea\0b\0", "utf-16-le", "ab"),
        (b"\xef\xbb\xbfabc", "UTF8", "abc"),
    ],
)
def test_marks_and_line_breaks_of_other_systems(tmp_path, data, encoding, text):
    path = tmp_path / "own.txt"
    path.write_bytes(data)
    assert read_text(path, encoding) == text


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (b"", "utf-8", r"path: expected text, but '.*own.txt' is empty"),
        (b" \n\r\n", "utf-8", "is empty"),
        (b"\xef\xbb\xbf", "utf-8", "is empty"),
        (
            b"caf\xe9",
            "utf-8",
            (
                r"path: expected text in utf-8, but byte 3 of '.*own.txt' \(0xe9\) .*"
                r" encoding='cp1252'"
            ),
        ),
        # The byte counts from the start of the file, the mark included.
        (b"\xef\xbb\xbfcaf\xe9 noir", "utf-8", r"byte 6 of .* \(0xe9\)"),
        (
            b"\x1f\x8b\x08\0",
            "latin-1",
            "path: expected text, but '.*own.txt' is gzipped",
        ),
        (b"\xff\xfea\0b\0", "utf-8", "byte 0 .* encoding='utf-16'"),
        (b"a\0b\0", "utf-8", "character 1 of .* is a zero byte"),
        (b"abc", "utf-16", "path: expected text in utf-16"),
        (b"abc", "utf-9", "encoding: expected a name such as 'utf-8', got 'utf-9'"),
        (b"abc", "base64", "encoding: expected a name such as 'utf-8', got 'base64'"),
        (b"abc", "utf\0", "encoding: expected a name"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path, data, encoding, message):
    path = tmp_path / "own.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message):
        read_text(path, encoding)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(
        FileNotFoundError,
        match=r"path: expected a text file, but there is none at '.*none.txt'",
    ):
        read_text(tmp_path / "none.txt")
    with pytest.raises(ValueError, match="path: expected a text file, got a folder"):
        read_text(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_read_to_its_end(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[b"to be"])
    writer.start()
    assert read_text(tmp_path / "pipe") == "to be"
    writer.join()


@given(st.text(min_size=3), st.floats(0.05, 0.9), st.floats(0.05, 0.9))
def test_the_parts_of_a_text_make_the_text(text, train, valid):
    try:
        parts = split_text(text, train, valid)
    except ValueError:
        sizes = round(len(text) * train), round(len(text) * (train + valid))
        assert train + valid >= 1 or not 0 < sizes[0] < sizes[1] < len(text)
        return
    assert "".join(parts) == text and all(parts)


def test_split_is_four_fifths_a_tenth_and_a_tenth():
    assert [len(part) for part in split_text("x" * 100)] == [80, 10, 10]
    assert [len(part) for part in split_text("x" * 100, train=0.5, valid=0.25)] == [
        50,
        25,
        25,
    ]


# ---------------------------------------------------------------------------- errors

IDS = np.arange(20)
ERRORS = [
    (lambda: characters(1), TypeError, "text: expected str, got int 1"),
    (lambda: words(b"a"), TypeError, "text: expected str, got bytes"),
    (lambda: words("a", lower=1), TypeError, "lower: expected bool, got int 1"),
    (
        lambda: Vocabulary("abc"),
        TypeError,
        "symbols: expected a list of non-empty str, got 'abc'",
    ),
    (
        lambda: Vocabulary(3),
        TypeError,
        "symbols: expected a list of non-empty str, got 3",
    ),
    (
        lambda: Vocabulary(["a", 1]),
        TypeError,
        "symbols: expected a list of non-empty str",
    ),
    (
        lambda: Vocabulary(["a", ""]),
        TypeError,
        "symbols: expected a list of non-empty str",
    ),
    (lambda: Vocabulary([]), ValueError, "symbols: expected at least one, got none"),
    (
        lambda: Vocabulary(["a", "b", "a"]),
        ValueError,
        "symbols: expected distinct strings, got 'a' more",
    ),
    (
        lambda: Vocabulary(["a", "bc"]),
        ValueError,
        "symbols: expected single characters .* got 'bc'",
    ),
    (
        lambda: Vocabulary(["a", "New York"], "word"),
        ValueError,
        "symbols: expected single words .*York'",
    ),
    (
        lambda: Vocabulary(["A"], lower=True),
        ValueError,
        "symbols: expected single char.* in lower case .* 'A'",
    ),
    (
        lambda: Vocabulary(["a", "No"], "word", lower=True),
        ValueError,
        "symbols: .* in lower case .* got 'No'",
    ),
    (
        lambda: Vocabulary(["a b"], "word", "a b"),
        ValueError,
        "unknown: expected no white space .* got 'a b'",
    ),
    (
        lambda: Vocabulary(["a"], "letter"),
        ValueError,
        "level: expected one of 'char', 'word', got 'letter'",
    ),
    (
        lambda: Vocabulary(["a"], unknown="b"),
        ValueError,
        "unknown: expected None or one of symbols, got 'b'",
    ),
    (
        lambda: Vocabulary(["a"], lower="no"),
        TypeError,
        "lower: expected bool, got str 'no'",
    ),
    (lambda: Vocabulary.from_text(3), TypeError, "text: expected str, got int 3"),
    (
        lambda: Vocabulary.from_text(""),
        ValueError,
        "text: expected at least one symbol, got ''",
    ),
    (
        lambda: Vocabulary.from_text(" ", "word"),
        ValueError,
        "text: expected at least one symbol, got ' '",
    ),
    (
        lambda: Vocabulary.from_text("a", "w"),
        ValueError,
        "level: expected one of 'char', 'word', got 'w'",
    ),
    (
        lambda: Vocabulary.from_text("a", size=0),
        ValueError,
        "size: expected an integer of at least 1, got 0",
    ),
    (
        lambda: Vocabulary.from_text("a", "word", size=1),
        ValueError,
        "size: .* at least 2, got 1",
    ),
    (
        lambda: Vocabulary.from_text("a", size=1.5),
        TypeError,
        "size: expected an integer",
    ),
    (
        lambda: Vocabulary.from_text("a", min_count=0),
        ValueError,
        "min_count: expected .* at least 1, got 0",
    ),
    (
        lambda: Vocabulary.from_text("aa", min_count=3),
        ValueError,
        "min_count: expected at most 2, got 3",
    ),
    (
        lambda: Vocabulary.from_text("a", unknown=1),
        TypeError,
        "unknown: expected str, got int 1",
    ),
    (
        lambda: Vocabulary.from_text("a", unknown=""),
        ValueError,
        "unknown: expected a symbol, got an empty",
    ),
    (
        lambda: Vocabulary.from_text("a", lower=None),
        TypeError,
        "lower: expected bool, got NoneType None",
    ),
    (
        lambda: Vocabulary.from_text("aab", size=1),
        ValueError,
        r"unknown: expected .* \(1 of them\), got None",
    ),
    (
        lambda: Vocabulary.from_text("aab", min_count=2),
        ValueError,
        "unknown: expected a symbol such as",
    ),
    (lambda: CHARS.encode(7), TypeError, "text: expected str, got int 7"),
    (
        lambda: CHARS.encode("bee!t"),
        ValueError,
        "text: expected only symbols .*, got '!' at character 3",
    ),
    (
        lambda: Vocabulary(["a", "b"], "word").encode("a b c"),
        ValueError,
        "text: expected only symbols of the vocabulary, got 'c' at word 2",
    ),
    (
        lambda: Vocabulary(["i", "\u0307"], lower=True).encode("İIB"),
        ValueError,
        "text: expected only symbols of the vocabulary, got 'B' at character 2",
    ),
    (lambda: CHARS.cut(7), TypeError, "text: expected str, got int 7"),
    (lambda: CHARS.join(7, ""), TypeError, "text: expected str, got int 7"),
    (lambda: CHARS.join("", None), TypeError, "more: expected str, got NoneType"),
    (
        lambda: CHARS.decode([0, 8]),
        ValueError,
        r"ids: expected integers from 0 to 7, got 8 at index \(1,\)",
    ),
    (
        lambda: CHARS.decode([-1]),
        ValueError,
        "ids: expected integers from 0 to 7, got -1",
    ),
    (
        lambda: CHARS.decode([0.5]),
        TypeError,
        "ids: expected an array of integers, got dtype float64",
    ),
    (
        lambda: CHARS.decode([[0]]),
        ValueError,
        r"ids: expected shape \(N,\), got \(1, 1\)",
    ),
    (lambda: CHARS.decode("to"), TypeError, "ids: expected an array of integers"),
    (
        lambda: contiguous_batches(IDS, 0, 2),
        ValueError,
        "B: expected an integer of at least 1, got 0",
    ),
    (
        lambda: contiguous_batches(IDS, 2, -1),
        ValueError,
        "T: expected an integer of at least 1, got -1",
    ),
    (lambda: contiguous_batches(IDS, 2.0, 2), TypeError, "B: expected an integer"),
    (lambda: contiguous_batches(IDS, 2, True), TypeError, "T: expected an integer"),
    (
        lambda: contiguous_batches(IDS / 2, 2, 2),
        TypeError,
        "ids: expected an array of integers, got dtype f",
    ),
    (
        lambda: contiguous_batches(IDS[None], 2, 2),
        ValueError,
        r"ids: expected shape \(N,\).*, got \(1, 20\)",
    ),
    (
        lambda: contiguous_batches(IDS[:0], 2, 2),
        ValueError,
        r"ids: expected shape \(N,\).*, got \(0,\)",
    ),
    (
        lambda: contiguous_batches(IDS, 4, 5),
        ValueError,
        r"ids: expected at least B\*T \+ 1 = 21 .*, got 20",
    ),
    (
        lambda: one_hot([0, 3], 3),
        ValueError,
        r"ids: expected integers from 0 to 2, got 3 at index \(1,\)",
    ),
    (
        lambda: one_hot([-1], 3),
        ValueError,
        "ids: expected integers from 0 to 2, got -1",
    ),
    (
        lambda: one_hot([0.0], 3),
        TypeError,
        "ids: expected an array of integers, got dtype float64",
    ),
    (
        lambda: one_hot(IDS[:0], 3),
        ValueError,
        r"ids: expected at least one integer, got shape \(0,\)",
    ),
    (
        lambda: one_hot([0], 0),
        ValueError,
        "V: expected an integer of at least 1, got 0",
    ),
    (lambda: one_hot([0], 2, dtype=int), TypeError, "dtype: expected float32, float64"),
    (lambda: read_text(3), TypeError, "path: expected a str or a pathlib.Path, got 3"),
    (
        lambda: read_text("a", encoding=None),
        TypeError,
        "encoding: expected str, got NoneType",
    ),
    (lambda: split_text(None), TypeError, "text: expected str, got NoneType"),
    (
        lambda: split_text("abc", train=0),
        ValueError,
        "train: expected a finite number above 0 and below 1, got 0",
    ),
    (
        lambda: split_text("abc", valid=1),
        ValueError,
        "valid: expected a finite number above 0 and below 1, got 1",
    ),
    (
        lambda: split_text("abc", train="all"),
        TypeError,
        "train: expected a finite number",
    ),
    (
        lambda: split_text("abc", 0.9, 0.1),
        ValueError,
        "train, valid: expected a sum below 1 .*, got 1",
    ),
    (
        lambda: split_text("abc"),
        ValueError,
        "text: expected enough for three parts, got 3 characters: no test",
    ),
]


@pytest.mark.parametrize(
    ("call", "error", "message"), ERRORS, ids=[row[2][:40] for row in ERRORS]
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
