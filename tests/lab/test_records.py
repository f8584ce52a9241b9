"""The records that the chapters read come with the package."""

import pytest

from rnntutor.lab.records import arrays, names, record


def test_a_record_says_how_it_was_made():
    for name in names():
        assert {"command", "date"} <= set(record(name)), name


def test_names_by_their_beginning():
    assert names("pen-") == [name for name in names() if name.startswith("pen-")] != []


def test_arrays_in_the_order_of_the_file():
    found = arrays("lrcn-clips")
    assert found and all(array.dtype.kind == "f" for array in found.values())


@pytest.mark.parametrize("read", [record, arrays])
def test_there_is_none_of_this_name(read):
    with pytest.raises(FileNotFoundError, match=r"^name: expected one of .*, got 'x'"):
        read("x")
