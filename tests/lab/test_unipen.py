"""Strokes from a file in the UNIPEN format, and sequences of different lengths in one
array.
"""

import gzip
import hashlib

import numpy as np
import pytest

from rnntutor import LSTM, Bidirectional, Model
from rnntutor.lab.digits.unipen import Segment, features, parse_unipen, read_unipen
from rnntutor.text.batches import pad

TEXT = """\
.INCLUDE        dene.doc

.LEXICON "0" "1"
.HIERARCHY      DIGIT

.SEGMENT DIGIT    0 ? "7"
.COMMENT 7 12  224
.PEN_DOWN
 10  50
 30  50
 20  10
.PEN_UP
.DT 100
.PEN_DOWN
 15  30
 25  30
.PEN_UP
.DT 100

.SEGMENT DIGIT    1 ? "1"
.PEN_DOWN
 3 4
.PEN_UP
"""


def test_segments_are_read_with_label_writer_and_strokes():
    seven, one = parse_unipen(TEXT)
    assert (seven.label, seven.writer, seven.points) == ("7", 12, 5)
    assert [stroke.tolist() for stroke in seven.strokes] == [
        [[10, 50], [30, 50], [20, 10]],
        [[15, 30], [25, 30]],
    ]
    assert (one.label, one.writer, one.points) == ("1", None, 1)


@pytest.mark.parametrize(
    ("order", "first", "second"),
    [
        ("T X Y", "0 1 2", "10 3 4"),
        ("y x", "2 1", "4 3"),
        ("X Y P Z", "1 2 0 9", "3 4 -1 9"),
    ],
)
def test_coordinates_stand_in_the_order_that_the_file_gives(order, first, second):
    text = (
        f".COORD {order}\n.SEGMENT DIGIT 0 ?"
        f' "1"\n.PEN_DOWN\n{first}\n{second}\n.PEN_UP\n'
    )
    (segment,) = parse_unipen(text)
    assert segment.strokes[0].tolist() == [[1, 2], [3, 4]]
    _, again = parse_unipen(
        text + text.replace(order, "X Y").replace(first, "1 2").replace(second, "3 4")
    )
    assert again.strokes[0].tolist() == [[1, 2], [3, 4]]


def test_what_a_net_reads_of_a_segment():
    found = features(parse_unipen(TEXT)[0])
    # the middle of the box is (20, 30), half its longer side is 20
    x, y = [-0.5, 0.5, 0, -0.25, 0.25], [1, 1, -1, 0, 0]
    dx, dy = [0, 1, -0.5, -0.25, 0.5], [0, 0, -2, 1, 0]
    np.testing.assert_array_equal(
        found, np.column_stack([x, y, dx, dy, [0, 0, 1, 0, 1]])
    )


def test_where_and_how_large_it_was_written_does_not_matter(rng):
    strokes = [rng.standard_normal((n, 2)) for n in (4, 1, 7)]
    segment = Segment("8", 1, tuple(strokes))
    moved = Segment("8", 1, tuple(300 + 25 * stroke for stroke in strokes))
    np.testing.assert_allclose(features(moved), features(segment), rtol=0, atol=1e-12)
    assert np.abs(features(segment)[:, :2]).max() == 1


def test_a_dot_has_features_too():
    assert features(parse_unipen(TEXT)[1]).tolist() == [[0, 0, 0, 0, 1]]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_is_read_and_verified(zipped, ending, tmp_path):
    path, data = tmp_path / "made-up.unipen", TEXT.replace("\n", ending).encode()
    path.write_bytes(gzip.compress(data) if zipped else data)
    right = hashlib.sha256(data).hexdigest()
    assert [one.label for one in read_unipen(path, right)] == ["7", "1"]
    assert len(read_unipen(str(path), right.upper())) == 2
    with pytest.raises(
        ValueError, match=r"^made-up\.unipen: expected a file with SHA-256 0{12}…, got "
    ):
        read_unipen(path, "0" * 64)
    with pytest.raises(FileNotFoundError):
        read_unipen(tmp_path / "nowhere")


WHOLE = gzip.compress(TEXT.encode(), mtime=0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (WHOLE[:-9], "expected a whole gzipped file, got a damaged one"),
        (WHOLE[:5], "expected a whole gzipped file, got a damaged one"),
        (
            WHOLE[:30] + b"\0\0\0" + WHOLE[33:],
            "expected a whole gzipped file, got a damaged one",
        ),
        (WHOLE[:-8] + bytes(8), "expected a whole gzipped file, got a damaged one"),
        (WHOLE + b"more", "expected a whole gzipped file, got a damaged one"),
        (
            WHOLE[:2] + b"\7" + WHOLE[3:],
            "expected a whole gzipped file, got a damaged one",
        ),
        (
            b"\x1f\x9d" + WHOLE[2:],
            "expected a plain or gzipped file, got one of compress",
        ),
    ],
)
def test_a_damaged_file_is_named(data, message, tmp_path):
    path = tmp_path / "made-up.unipen.gz"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=rf"^made-up\.unipen\.gz: {message}"):
        read_unipen(path)


def test_a_line_ends_where_an_editor_ends_it():
    """Not at a byte that is an ellipsis to Windows, 0x85."""
    assert len(parse_unipen(TEXT.replace("224", "224 \x85 me"))) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '? "7"',
            "? 7",
            r"line 6: expected a label in quotes, got \.SEGMENT DIGIT    0 \? 7",
        ),
        (
            " 12  224",
            "",
            (
                r"line 7: expected a comment whose second number is the writer, got"
                r" \.COMMENT 7"
            ),
        ),
        (
            " 12 ",
            " me ",
            r"line 7: expected a comment whose second number is the writer",
        ),
        (" 30  50", " 30", r"line 10: expected 2 numbers X Y, got 30"),
        (" 30  50", " 30  50 7", r"line 10: expected 2 numbers X Y, got 30  50 7"),
        (
            "DIGIT\n\n",
            "DIGIT\n.COORD X T\n",
            r"line 5: expected X and Y, each once, among .*, got \.COORD X T",
        ),
        (
            "DIGIT\n\n",
            "DIGIT\n.COORD Y X Y\n",
            r"line 5: expected X and Y, each once, among the coordinates",
        ),
        (
            "DIGIT\n\n",
            "DIGIT\n.COORD T X Y\n",
            r"line 9: expected 3 numbers T X Y, got 10  50",
        ),
        (" 30  50", " 30  b", r"line 10: expected 2 numbers X Y, got 30  b"),
        (" 30  50", " 30  nan", r"line 10: expected 2 finite numbers X Y, got 30  nan"),
        (
            "224\n.PEN_DOWN",
            "224",
            r"line 8: expected \.PEN_DOWN before this, got 10  50",
        ),
        (
            "20  10\n.PEN_UP",
            "20  10",
            r"line 13: expected \.PEN_UP before this, got \.PEN_DOWN",
        ),
        (
            "100\n.PEN_DOWN",
            "100\n.PEN_UP",
            r"line 14: expected \.PEN_DOWN before this, got \.PEN_UP",
        ),
        (
            "25  30\n.PEN_UP\n",
            "25  30\n",
            r"line 19: expected \.PEN_UP before this, got \.SEGMENT",
        ),
        (
            " 3 4\n",
            "",
            r"line 22: expected points between \.PEN_DOWN and \.PEN_UP, got none",
        ),
        (
            " 3 4\n.PEN_UP\n",
            " 3 4\n",
            r"line 22: expected \.PEN_UP before this, got the end of the text",
        ),
        (
            '"1"\n.PEN_DOWN\n 3 4\n.PEN_UP',
            '"1"',
            r"line 20: expected a stroke in the segment '1' that ends here, got none",
        ),
        (
            '.SEGMENT DIGIT    0 ? "7"',
            "",
            r"line 8: expected \.SEGMENT before the first \.PEN_DOWN, got",
        ),
    ],
)
def test_a_fault_is_found_by_line(old, new, message):
    assert TEXT.count(old) >= 1
    spoilt = new.join(TEXT.rsplit(old, 1))
    with pytest.raises(ValueError, match=f"^text: {message}"):
        parse_unipen(spoilt)


def test_a_segment_without_a_stroke_is_found_where_the_next_begins():
    empty = '.SEGMENT DIGIT 0 ? "3"\n' + TEXT
    with pytest.raises(
        ValueError,
        match=r"^text: line 7: expected a stroke in the segment '3' that ends",
    ):
        parse_unipen(empty)


@pytest.mark.parametrize("text", ["", "\n\n", ".DT 100\n"])
def test_a_text_without_a_segment(text):
    with pytest.raises(
        ValueError, match=r"^text: expected at least one \.SEGMENT, got none"
    ):
        parse_unipen(text)


def test_wrong_kinds_of_things(tmp_path):
    with pytest.raises(TypeError, match=r"^text: expected str, got bytes"):
        parse_unipen(TEXT.encode())
    with pytest.raises(TypeError, match=r"^segment: expected Segment, got str"):
        features("7")
    with pytest.raises(
        TypeError, match=r"^path: expected a str or a pathlib\.Path, got 3"
    ):
        read_unipen(3)
    with pytest.raises(ValueError, match=r"^path: expected a file, got the folder"):
        read_unipen(tmp_path)
    with pytest.raises(TypeError, match=r"^sha256: expected str, got int 3"):
        read_unipen(__file__, 3)


# Padding.


def test_sequences_are_laid_side_by_side(rng):
    sequences = [rng.standard_normal((n, 3)) for n in (4, 1, 6)]
    xs, mask = pad(sequences)
    assert xs.shape == (6, 3, 3) and mask.dtype == bool
    assert mask.sum(axis=0).tolist() == [4, 1, 6]
    for b, one in enumerate(sequences):
        np.testing.assert_array_equal(xs[mask[:, b], b], one)
    assert not xs[~mask].any()
    assert pad([one.astype(np.float32) for one in sequences]).xs.dtype == np.float32


@pytest.mark.parametrize(
    ("sequences", "error", "message"),
    [
        (
            np.ones((2, 3, 4)),
            TypeError,
            r"sequences: expected a list of arrays \(T_i, D\), got an array of",
        ),
        ([], ValueError, "sequences: expected at least one array, got none"),
        ([np.ones(3)], ValueError, r"sequences\[0\]: expected shape \(T_i, D\)"),
        (
            [np.ones((2, 3)), np.ones((2, 4))],
            ValueError,
            r"sequences\[1\]: expected shape \(T_i, 3\)",
        ),
        (
            [np.ones((2, 3)), np.ones((0, 3))],
            ValueError,
            r"sequences\[1\]: expected shape \(T_i, 3\)",
        ),
        (
            [np.ones((2, 3)), "x"],
            TypeError,
            r"sequences\[1\]: expected an array of floating-point",
        ),
    ],
)
def test_what_cannot_be_padded(sequences, error, message):
    with pytest.raises(error, match=f"^{message}"):
        pad(sequences)


@pytest.mark.parametrize("net", [LSTM(), Bidirectional(LSTM())], ids=str)
def test_a_padded_segment_is_read_as_if_it_were_alone(net, rng):
    segments = [features(one) for one in parse_unipen(TEXT)]
    model = Model(net, 5, 4, 10, readout="final")
    params = model.init(rng)
    xs, mask = pad(segments)
    together = model.forward(params, xs, mask=mask).ys_raw[0]
    alone = [model.forward(params, one[:, None]).ys_raw[0, 0] for one in segments]
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-14)
