"""Writing a file: whole or not at all, under its own name, and for the same eyes as
before.
"""

import os
import socket
import threading
import time

import numpy as np
import pytest
from cases import assert_same

from rnntutor import RNN, Checkpoint, LanguageModel, Model
from rnntutor.train.checkpoint import draft, load, save

PARAMS = Model(RNN("sigmoid"), 3, 4, 5).init(np.random.default_rng(0))
OTHER = Model(RNN("sigmoid"), 3, 4, 5).init(np.random.default_rng(1))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a file.rnn"


def test_a_writing_that_fails_leaves_the_old_file(path, monkeypatch):
    save(path, PARAMS)
    before = path.read_bytes()
    for broken, error in [
        ("replace", OSError),
        ("fsync", OSError),
        ("replace", KeyboardInterrupt),
    ]:
        with monkeypatch.context() as patch:
            patch.setattr(
                draft.os,
                broken,
                lambda *_, error=error: (_ for _ in ()).throw(error("disk full")),
            )
            with pytest.raises(error, match="disk full"):
                save(path, np.ones(3))
        assert path.read_bytes() == before and os.listdir(path.parent) == [path.name]


def test_the_bytes_are_on_the_disk_before_the_name_is(path, monkeypatch):
    seen, fsync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(
        draft.os, "fsync", lambda file: seen.append("fsync") or fsync(file)
    )
    monkeypatch.setattr(
        draft.os, "replace", lambda *names: seen.append("replace") or replace(*names)
    )
    save(path, PARAMS)
    assert seen == (
        ["fsync", "replace", "fsync"] if os.name == "posix" else ["fsync", "replace"]
    )


def test_drafts_of_the_dead_are_removed_in_time(path):
    dead, living, other = (
        path.with_name(name)
        for name in (
            f".{path.name}.1-2.draft",
            f".{path.name}.3-4.draft",
            ".b.1-2.draft",
        )
    )
    for one in (dead, living, other):
        one.touch()
    for one in (dead, other):
        os.utime(one, (time.time() - 2 * draft.LEFT_BEHIND,) * 2)
    save(path, PARAMS)
    assert set(path.parent.iterdir()) == {path, living, other}


@pytest.mark.parametrize("length", [90, 101, 230, 250])
def test_a_long_name(length, tmp_path):
    """As long as the file system allows; drafts left behind are known by it, too."""
    path = tmp_path / ("é" * ((length - 5) // 2) + "a.rnn")
    dead = draft._start(path) + "1-2.draft"
    (tmp_path / dead).touch()
    os.utime(tmp_path / dead, (0, 0))
    save(path, PARAMS)
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("name", ["a" * 300, "cut"])
def test_an_error_names_the_file_and_not_the_draft(name, tmp_path, monkeypatch):
    monkeypatch.setattr(
        draft.os,
        "replace",
        lambda *names: os.rename(names[0], tmp_path / "no" / "where"),
    )
    with pytest.raises(OSError, match=rf"\[Errno \d+\] .*: '{tmp_path}/{name}'$"):
        save(tmp_path / name, PARAMS)
    assert not os.listdir(tmp_path)


posix = pytest.mark.skipif(os.name != "posix", reason="files have no such modes here")


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o666])
def test_who_may_read_the_old_file_may_read_the_new_one(mode, path):
    save(path, PARAMS)
    path.chmod(mode)
    save(path, OTHER)
    assert path.stat().st_mode & 0o777 == mode
    assert_same(load(path, OTHER), OTHER)


@posix
def test_a_new_file_is_as_the_system_has_it(path):
    before = os.umask(0o027)
    try:
        save(path, PARAMS)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640


@posix
def test_a_draft_of_a_private_file_is_private(path, monkeypatch):
    save(path, PARAMS)
    path.chmod(0o600)
    seen, replace = [], os.replace
    opened = os.open
    monkeypatch.setattr(
        draft.os, "open", lambda *given: seen.append(given[2:]) or opened(*given)
    )
    monkeypatch.setattr(
        draft.os,
        "replace",
        lambda *names: seen.append(os.stat(names[0]).st_mode) or replace(*names),
    )
    save(path, PARAMS)
    assert seen[0] == (0o600,) and seen[1] & 0o777 == 0o600


@posix
def test_nothing_but_a_file_is_replaced(path, tmp_path):
    (tmp_path / "link").symlink_to(path)
    os.mkfifo(path)
    model = LanguageModel("ab", H=5)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for given, kind in [
            (path, "pipe"),
            (tmp_path / "link", "pipe"),
            (tmp_path / "socket", "socket"),
        ]:
            for write in (lambda path: save(path, PARAMS), model.save, Checkpoint):
                with pytest.raises(
                    ValueError,
                    match=rf"^path: expected a file, got the {kind} '{given}'$",
                ):
                    write(given)
    assert path.is_fifo()
    with pytest.raises(
        ValueError, match=rf"^path: expected a file, got the device '{os.devnull}'$"
    ):
        Checkpoint(os.devnull)  # which writes nothing yet


@posix
def test_a_pipe_may_be_read(path, tmp_path):
    save(path, PARAMS)
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(
        target=(tmp_path / "pipe").write_bytes, args=(path.read_bytes(),)
    )
    writer.start()
    assert_same(load(tmp_path / "pipe", PARAMS), PARAMS)
    writer.join()


@pytest.mark.skipif(os.name != "posix", reason="links need a right here")
def test_a_link_stays_a_link(path, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(path)
    save(link, PARAMS)
    assert link.is_symlink() and path.is_file()
    assert_same(load(link, PARAMS), PARAMS)
