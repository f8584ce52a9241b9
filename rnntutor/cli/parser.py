"""The arguments of the command ``rnntutor``."""

from __future__ import annotations

import argparse
from pathlib import Path

import rnntutor
from rnntutor.cells import CELLS
from rnntutor.cli.train import train
from rnntutor.cli.use import evaluate, sample
from rnntutor.text import defaults

EXAMPLES = """\
Three lines that belong together:

  rnntutor train book.txt          learn to write like book.txt; gives book.rnn
  rnntutor sample book.rnn         let it write
  rnntutor evaluate book.rnn other.txt    how well does it guess another text?
"""

TRAIN = """\
Learn from a text to guess the next character (or word) from all those before.

The defaults suit a text of about a megabyte; on one core that takes some minutes.
Smaller texts are learned faster and less well; below 100 kB expect words rather than
sentences.

The model is written to a file again and again while it learns. Stop with Ctrl-C, or
switch the machine off: the same command goes on from there, as if it had never
stopped. Going on with more epochs or another rate is possible, too.

  rnntutor train book.txt
  rnntutor train book.txt --minutes 5         stop after five minutes; go on another day
  rnntutor train a.txt b.txt -o both.rnn           several files are read as one
  rnntutor train book.txt --cell gru --layers 2 --dropout 0.2 --restart
"""

READING = """\
The loss is the mean of -ln p over the symbols of the part that is kept back, p being
the probability the net gave to what came. e^loss, the perplexity, is among how many
equally likely symbols it would be as hard to choose: all of them before it has learned
anything.
"""


def _integer(minimum):
    def integer(text):
        value = int(text)
        if value < minimum:
            raise argparse.ArgumentTypeError(
                f"expected at least {minimum}, got {value}"
            )
        return value

    return integer


def _number(above, below=float("inf"), inclusive=False):
    def number(text):
        value = float(text)
        if not (above < value < below or (inclusive and value == above)):
            bounds = (
                f"{'from' if inclusive else 'above'} {above:g}"
                + f", below {below:g}" * (below < 1e300)
            )
            raise argparse.ArgumentTypeError(f"expected a number {bounds}, got {text}")
        return value

    return number


def parser():
    """The parser; the arguments that it returns have `run`, the function to call."""
    raw = {"formatter_class": argparse.RawDescriptionHelpFormatter}
    top = argparse.ArgumentParser(
        "rnntutor",
        description="Recurrent nets on a text of your own.",
        epilog=EXAMPLES,
        **raw,
    )
    top.add_argument(
        "--version", action="version", version=f"rnntutor {rnntutor.__version__}"
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    one = commands.add_parser(
        "train", help="learn from a text", description=TRAIN, epilog=READING, **raw
    )
    one.set_defaults(run=train)
    one.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="text to learn from"
    )
    one.add_argument(
        "-o", "--output", metavar="MODEL", type=Path,
        help="file for the model (default: the first FILE's name with .rnn, in this "
        "folder)",
    )  # fmt: skip
    one.add_argument(
        "--restart",
        action="store_true",
        help="begin anew; the first writing replaces what MODEL holds",
    )
    _encoding(one)

    net = one.add_argument_group("the net")
    net.add_argument(
        "--cell", choices=sorted(CELLS), default="lstm", help="(default: lstm)"
    )
    net.add_argument(
        "--hidden",
        metavar="H",
        type=_integer(1),
        default=defaults.H,
        help="units in a layer (default: %(default)s)",
    )
    net.add_argument(
        "--layers", type=_integer(1), default=1, help="layers (default: %(default)s)"
    )
    net.add_argument(
        "--dropout", metavar="P", type=_number(0, 1, inclusive=True), default=0.0,
        help="share of numbers dropped between layers, against learning by heart "
        "(default: 0)",
    )  # fmt: skip
    net.add_argument(
        "--level",
        choices=["char", "word"],
        default="char",
        help="what a symbol is (default: char)",
    )
    net.add_argument(
        "--words", metavar="V", type=_integer(2), default=10_000,
        help="at level word: how many, the most frequent; the others become <unk> "
        "(default: %(default)s)",
    )  # fmt: skip

    how = one.add_argument_group("the training")
    how.add_argument(
        "--epochs",
        type=_integer(1),
        default=defaults.EPOCHS,
        help="how often the text is read (default: %(default)s)",
    )
    how.add_argument(
        "--minutes", type=_number(0), help="stop after so long, however far it has come"
    )
    how.add_argument(
        "--rate", metavar="LR", type=_number(0), default=defaults.LR,
        help="learning rate of Adam at the start; it falls to a hundredth; less if "
        "the loss jumps up "
        "and stays there (default: %(default)s)",
    )  # fmt: skip
    how.add_argument(
        "--batch", metavar="B", type=_integer(1), default=defaults.B,
        help="places in the text read at a time; fewer in a short text (default: "
        "%(default)s)",
    )  # fmt: skip
    how.add_argument(
        "--steps", metavar="T", type=_integer(1), default=defaults.T,
        help="how far a gradient reaches back, in symbols (default: %(default)s)",
    )  # fmt: skip
    how.add_argument(
        "--valid", metavar="SHARE", type=_number(0, 0.5), default=0.1,
        help="share of the text, at its end, that is kept back for validation "
        "(default: %(default)s)",
    )  # fmt: skip
    how.add_argument(
        "--seed",
        type=_integer(0),
        default=defaults.SEED,
        help="of all that is drawn at random (default: %(default)s)",
    )
    how.add_argument(
        "--threads",
        metavar="N",
        type=_integer(1),
        help="threads that share a step (default: one for each core)",
    )

    one = commands.add_parser(
        "sample", help="let a model write", description="Let a model write.", **raw
    )
    one.set_defaults(run=sample)
    one.add_argument(
        "model", metavar="MODEL", type=Path, help="file that `rnntutor train` wrote"
    )
    one.add_argument(
        "--prompt", metavar="TEXT", help="how it begins (default: a new line)"
    )
    one.add_argument(
        "-n", "--length", metavar="N", type=_integer(1), default=defaults.LENGTH,
        help="how many characters or words (default: %(default)s)",
    )  # fmt: skip
    one.add_argument(
        "--temperature", metavar="T", type=_number(0, inclusive=True), default=0.8,
        help="1 as it has learned, less for safer choices, 0 for always the "
        "likeliest (default: %(default)s)",
    )  # fmt: skip
    one.add_argument(
        "--seed",
        type=_integer(0),
        help="the same seed gives the same text (default: another each time)",
    )

    one = commands.add_parser(
        "evaluate",
        help="how well does a model guess a text?",
        description="How well does a model guess a text, symbol by symbol?",
        epilog=READING,
        **raw,
    )
    one.set_defaults(run=evaluate)
    one.add_argument(
        "model", metavar="MODEL", type=Path, help="file that `rnntutor train` wrote"
    )
    one.add_argument("file", metavar="FILE", type=Path, help="text to evaluate it on")
    _encoding(one)
    return top


def _encoding(one):
    one.add_argument(
        "--encoding", metavar="NAME", default="utf-8",
        help="how FILE is encoded, such as cp1252 or utf-16 (default: utf-8)",
    )  # fmt: skip
