"""The command ``rnntutor``: train a net on a text of your own, let it write, judge it.

    rnntutor train book.txt
    rnntutor sample book.rnn
    rnntutor evaluate book.rnn another.txt

``rnntutor train --help`` says what can be chosen.
"""

from __future__ import annotations

import os
import sys

from rnntutor.command.parser import parser

INTERRUPTED = 130  # as shells have it: 128 and the number of the signal


def main(argv=None):
    """Run the command.

    Parameters
    ----------
    argv : list of str, optional
        What stands after the command's name; that of the process if left out.

    Returns
    -------
    int
        The exit code: 0, 1 after an error, 130 after Ctrl-C. Arguments that are none end the process with 2.
    """
    arguments = parser().parse_args(argv)
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(
                    errors="replace"
                )  # a console that does not know a letter is no reason to stop
        code = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `rnntutor sample … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, ValueError, FloatingPointError, MemoryError) as error:
        print(f"rnntutor: {_in_words(error)}", file=sys.stderr)
        return 1


def _in_words(error):
    """The message without the name of the argument, which is none of the command's."""
    text = str(error).removeprefix("path: ") or type(error).__name__
    return "\n".join([text, *getattr(error, "__notes__", ())])
