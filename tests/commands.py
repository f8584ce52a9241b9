"""What the tests of the command `rnntutor` share: a folder with a text, the command in
this process.
"""

from rnntutor import Adam
from rnntutor.cli import main
from rnntutor.train.checkpoint import draft

TEXT = "the cat sat on the mat. a dog sat on the log.\n" * 60
SMALL = ["--hidden", "6", "--steps", "8", "--epochs", "2"]


def folder(tmp_path, monkeypatch):
    """A folder to work in, with a text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(draft.os, "fsync", lambda file: None)
    (tmp_path / "cats.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(capsys, *arguments):
    """Exit code, what was printed, and what was complained of."""
    code = main([str(one) for one in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def trained(capsys, *more):
    """What a training said that came to its end."""
    code, out, err = run(capsys, "train", "cats.txt", *SMALL, *more)
    assert code == 0 and err == "", err
    return out


class Stopping(Adam):
    """Ctrl-C in the nth update of this process."""

    left = 0

    def update(self, *args, **options):
        Stopping.left -= 1
        if Stopping.left == 0:
            raise KeyboardInterrupt
        return super().update(*args, **options)
