"""Kill a training at random instants, again and again. Is its checkpoint always whole,
and is nothing lost?

    python tools/crash_loop.py                # 200 kills
    python tools/crash_loop.py --kills 20     # as the tests do

Each time a process goes on from the file, trains, writes, and is killed with SIGKILL.
The file must then hold, to the last bit, what that of a training holds which nobody
killed, and be at least as far as the last writing that had returned. Needs a system
with fork.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

# Before NumPy is imported: a process with threads of OpenBLAS must not fork, it may
# wait for them for ever.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402

import rnntutor as rt  # noqa: E402
from rnntutor.train.checkpoint.container import read  # noqa: E402

MODEL = rt.Model(
    rt.Embedded(rt.Stacked((rt.LSTM(), rt.RNN("tanh")), dropout=0.2), E=4),
    D=9,
    H=8,
    V=9,
)
TEXT = np.random.default_rng(0).integers(0, 9, 4000)
FOREVER = 10**9


@dataclass(frozen=True)
class Telling(rt.Checkpoint):
    """A checkpoint that says, after each writing, how many updates are safe."""

    pipe: int | None = None

    def write(self, progress, history, closing=None):
        super().write(progress, history, closing)
        if self.pipe is not None:
            os.write(self.pipe, progress.updates.to_bytes(4, "little"))


def first_weight_squared(params):
    """As a validation loss."""
    return float(params.W_hy[0, 0] ** 2)


def train(path, updates, pipe=None):
    """Train to so many updates, going on from the file; with a pipe written every third
    update.
    """
    return rt.fit(
        MODEL,
        MODEL.init(np.random.default_rng(1)),
        rt.text.contiguous_batches(TEXT, 2, 5),
        rt.Adam(rt.train.exponential_decay(0.01, 0.5, 500), clip=1.0),
        epochs=FOREVER,
        updates=updates,
        carry_state=True,
        truncation=rt.Truncation(3, 2),
        rng=np.random.default_rng(2),
        progress=False,
        validation=rt.train.Validation(first_weight_squared, every=50),
        checkpoint=Telling(path, every=3 if pipe else FOREVER, resume=True, pipe=pipe),
    )


def killed(path, writings, seconds):
    """Start a process that trains, and kill it so long after so many writings.

    Return how many updates it had said to be safe.
    """
    # what another one has locked, a forked process waits for for ever
    assert threading.active_count() == 1
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            train(path, FOREVER, into)
        finally:
            os._exit(1)  # not reached but by an error
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        told = pipe.read(4 * writings)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        told += pipe.read()
    if not os.WIFSIGNALED(status):
        raise SystemExit("the training ended by itself")
    return int.from_bytes(told[-4:], "little")


def same(path, other):
    """Whether two files hold the same, but for what is added when a training ends by
    itself.
    """
    contents = []
    for file in (path, other):
        about, entries = read(file)  # raises unless the file is whole
        kept = {
            name: value
            for name, value in entries.items()
            if not name.startswith("closing")
        }
        contents.append(
            (
                about,
                {
                    n: v.tobytes() if isinstance(v, np.ndarray) else v
                    for n, v in kept.items()
                },
            )
        )
    return contents[0] == contents[1]


def crash_loop(kills, folder, seed=0):
    """Kill so often; return how many updates there were at the end, and how many drafts
    were left behind.
    """
    rng, killed_file, spared_file = (
        random.Random(seed),
        folder / "killed.rnn",
        folder / "spared.rnn",
    )
    reached, drafts, seen = 0, 0, set()
    for kill in range(kills):
        told = max(
            reached, killed(killed_file, rng.randrange(4), rng.uniform(0.0, 0.05))
        )
        if not killed_file.exists():  # killed before the first writing was done
            assert told == 0
            continue
        # raises unless the file is whole
        reached = read(killed_file).entries["updates"]
        assert reached >= told, (
            f"kill {kill}: {told} updates were safe, {reached} are left"
        )
        if reached:
            train(spared_file, reached)
            assert same(killed_file, spared_file), f"kill {kill}: another training"
        left = set(folder.glob(".*.draft"))
        drafts += len(left - seen)
        seen |= left
    train(folder / "whole.rnn", reached)
    assert same(killed_file, folder / "whole.rnn"), "not that of one go"
    return reached, drafts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reached, drafts = crash_loop(arguments.kills, Path(folder), arguments.seed)
    print(
        f"{arguments.kills} kills in {reached} updates, {drafts} of them while the file"
        " was being written: whole each time, and after the last the same to the bit"
        " as a training in one go"
    )


if __name__ == "__main__":
    sys.exit(main())
