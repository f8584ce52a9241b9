"""Damage a checkpoint in thousands of ways. Is every one noticed?

    python tools/corruption_fuzz.py                 # 2000 damages
    python tools/corruption_fuzz.py --damages 200   # as the tests do

Four of five are a single wrong bit, anywhere; the others cut the file short.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

import rnntutor as rt
from rnntutor.train.checkpoint import CheckpointError

TEXT = "the cat sat on the mat. " * 20


def write(path):
    """The checkpoint of a short training."""
    model = rt.LanguageModel(TEXT, 0, H=16, cell=rt.LSTM(), dtype=float)
    checkpoint = rt.Checkpoint(path)
    model.fit(
        TEXT,
        TEXT,
        optimizer=rt.Adam(0.01),
        B=2,
        T=8,
        updates=9,
        every=3,
        progress=False,
        checkpoint=checkpoint,
    )


def damaged(data, n, rng):
    """The nth way in which the bytes come to harm."""
    if n % 5 == 4:
        return data[: rng.randrange(len(data))]
    bit = rng.randrange(8 * len(data))
    harmed = bytearray(data)
    harmed[bit // 8] ^= 1 << bit % 8
    return bytes(harmed)


def corruption_fuzz(damages, folder, seed=0):
    """Damage so often; return the file's size and how many damages were noticed and
    called by their name.
    """
    rng, path = random.Random(seed), folder / "model.rnn"
    write(path)
    rt.LanguageModel.load(path)
    data, noticed = path.read_bytes(), 0
    for n in range(damages):
        path.write_bytes(damaged(data, n, rng))
        try:
            rt.LanguageModel.load(path)
        except CheckpointError as error:
            noticed += "it is damaged" in str(error)
    return len(data), noticed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--damages", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        size, noticed = corruption_fuzz(arguments.damages, Path(folder), arguments.seed)
    print(f"{noticed} of {arguments.damages} damages of a file of {size} bytes noticed")
    return 0 if noticed == arguments.damages else 1


if __name__ == "__main__":
    sys.exit(main())
