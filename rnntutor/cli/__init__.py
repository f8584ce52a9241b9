"""The command ``rnntutor``: train a net on a text of your own, sample from it,
evaluate it.

    rnntutor train book.txt
    rnntutor sample book.rnn
    rnntutor evaluate book.rnn another.txt

``rnntutor train --help`` lists the options.
"""

from __future__ import annotations

from rnntutor.cli.output import complain, finish, prepare
from rnntutor.cli.parser import parser

INTERRUPTED = 130  # as shells have it: 128 and the number of the signal


def main(argv=None):
    """Run the command.

    Parameters
    ----------
    argv : list of str, optional
        The arguments after the command's name; those of the process if left out.

    Returns
    -------
    int
        The exit code: 0, 1 after an error, 130 after Ctrl-C. Wrong arguments end the
        process with 2. Where the output is not read any more, as in ``rnntutor sample
        book.rnn | head -1``, a training goes on to its end, and the other commands
        return 0.
    """
    prepare()
    try:
        try:
            arguments = parser().parse_args(argv)
            return arguments.run(arguments)
        finally:
            finish()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except (OSError, ValueError, FloatingPointError, MemoryError, ImportError) as error:
        complain(f"rnntutor: {_in_words(error)}")
        return 1


def _in_words(error):
    """The message without the name of the argument, which the command does not have."""
    text = str(error).removeprefix("path: ") or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        text = (
            f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        )
    return "\n".join([text, *getattr(error, "__notes__", ())])
