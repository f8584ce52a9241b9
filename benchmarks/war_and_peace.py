r"""Train a character model on War and Peace as Karpathy, Johnson & Fei-Fei (2015) did.

    python benchmarks/war_and_peace.py --text warpeace_input.txt.gz  # LSTM, 64 units
    python benchmarks/war_and_peace.py --text warpeace_input.txt.gz \
        --cell rnn --size 128

The text, 3,258,246 bytes, is not in this repository; its SHA-256 is checked. The size
of an RNN is that of the LSTM whose number of parameters it is given.  After each epoch
the state of the training is written to a checkpoint, from which the same command goes
on; it is deleted at the end.  Writes results/war-and-peace-CELL-SIZE.json and .log;
with --seed other than 1 the seed stands in the name, too. At the end the net and
Kneser-Ney are asked how surprising each closing quotation mark is
(`war_and_peace_quotes.py`).

Settings of the paper and of its program, char-rnn: one-hot bytes, batches of 100 rows
by 100 steps with the state carried on, RMSProp with rate 0.002 and α = 0.95, from the
eleventh epoch on times 0.95 per epoch, 50 epochs, all parameters from U(−0.08, 0.08),
and the gradient clamped to ±5.  char-rnn sums the gradient over the 100 steps of a
batch where this package takes their mean, hence ±5/100 here.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import war_and_peace_quotes as quotes
from _lib import results, texts

import rnntutor as rt
from rnntutor.nets import EmbeddedParams

SETTINGS = {
    "B": 100,
    "T": 100,
    "epochs": 50,
    "lr": 2e-3,
    "alpha": 0.95,
    "decay": 0.95,
    "decay_after": 10,
    "clamp": 5 / 100,
    "bound": 0.08,
    "dtype": "float32",
}
CELLS = {"lstm": rt.LSTM(), "rnn": rt.RNN("tanh")}
FIRST = 10  # losses that a test computes again


def parameters(K, H, V):
    """How many parameters a model of one layer has, whose cell has K blocks."""
    return K * H * (V + H + 1) + H * V + V


def width(cell, size, V):
    """The hidden size: `size` for the LSTM; for the RNN the one with the LSTM's number
    of parameters.
    """
    if cell == "lstm":
        return size
    budget = parameters(4, size, V)
    return min(range(size, 4 * size), key=lambda H: abs(parameters(1, H, V) - budget))


def build(cell, size, V, seed, settings):
    """The model and its first parameters, all from U(−bound, bound)."""
    rng, H = np.random.default_rng(seed), width(cell, size, V)
    bound = settings["bound"]
    params = rt.tree.map(
        lambda p: rng.uniform(-bound, bound, p.shape).astype(settings["dtype"]),
        rt.Model(CELLS[cell], V, H, V).init(rng),
    )
    return rt.Model(rt.Embedded(rt.Fast(CELLS[cell]), V), V, H, V), params


def looking_up(params):
    """The parameters for a net that looks bytes up: a one-hot vector is a row of the
    identity.
    """
    rows = np.eye(len(params.cell.W_xh), dtype=params.cell.W_xh.dtype)
    return params._replace(cell=EmbeddedParams(rows, params.cell))


def batches(part, settings):
    """Inputs and targets, block by block."""
    T = settings["T"]
    for start in range(0, len(part.inputs), T):
        block = slice(start, start + T)
        yield part.inputs[block], part.targets[block]


def epochs(model, params, split, settings, progress=None):
    """Train without end; yields the losses, the parameters and the rest of the state
    after each update.

    `progress` is what an earlier call yielded last, to go on from there.
    """
    per_epoch = len(split.train.inputs) // settings["T"]
    rate = rt.train.exponential_decay(
        settings["lr"],
        settings["decay"],
        per_epoch,
        (settings["decay_after"] - 1) * per_epoch,
    )
    optimizer = rt.RMSProp(rate, settings["alpha"], clamp=settings["clamp"])
    memory, state = progress or (optimizer.init(params), None)
    while True:
        for xs, targets in batches(split.train, settings):
            result = model.loss_and_grad(
                looking_up(params), xs, targets, state, reduce="token"
            )
            grads = result.grads._replace(cell=result.grads.cell.net)
            params, memory, _, _ = optimizer.update(params, grads, memory)
            # carried on, from epoch to epoch too, as char-rnn does
            state = result.state_T
            yield float(result.loss), params, (memory, state)


def read(model, params, part, settings):
    """Read a part from the state zero on; yields outputs and targets of each block."""
    state = None
    for xs, targets in batches(part, settings):
        ys_raw, unrolled = model.forward(looking_up(params), xs, state)
        yield ys_raw, targets
        state = unrolled.state_T


def evaluate(*reading):
    """Mean cross-entropy of a part in nats per byte; the arguments are those of
    `read`.
    """
    return float(
        np.mean(
            [rt.cross_entropy(*block, reduce="token")[0] for block in read(*reading)]
        )
    )


def nats(*reading):
    """−ln p of every byte of a part, (steps, B)."""
    blocks = [
        -np.take_along_axis(rt.losses.log_softmax(ys_raw), targets[..., None], axis=-1)[
            ..., 0
        ]
        for ys_raw, targets in read(*reading)
    ]
    return np.concatenate(blocks)


def first_losses(cell, size, split, seed, settings=SETTINGS, n=FIRST):
    """The losses of the first updates of a training."""
    model, params = build(cell, size, split.V, seed, settings)
    return [
        loss
        for (loss, _, _), _ in zip(
            epochs(model, params, split, settings), range(n), strict=False
        )
    ]


def stand_in():
    """A text that is always at hand, split in the same way: the beginning of
    Shakespeare's plays.
    """
    return texts.char_rnn_split(rt.shakespeare().train[:500_000].encode())


def save(path, tree, **more):
    """Write the arrays of a tree, and `more`, whole or not at all."""
    draft = Path(path).with_suffix(".draft.npz")
    np.savez(draft, *[array for _, array in rt.tree.leaves(tree)], **more)
    draft.replace(path)


def load(path, like):
    """What `save` wrote: a tree with the structure of `like`, and the rest as a
    dict.
    """
    with np.load(path, allow_pickle=False) as file:
        arrays = iter([file[f"arr_{i}"] for i in range(len(rt.tree.leaves(like)))])
        more = {name: file[name] for name in file.files if not name.startswith("arr_")}
    return rt.tree.map(lambda _: next(arrays), like), more


def train(cell, size, split, seed, checkpoint, log, settings=SETTINGS):
    """All epochs, a checkpoint after each; returns model, best parameters, what is to
    be written down.
    """
    model, params = build(cell, size, split.V, seed, settings)
    per_epoch = len(split.train.inputs) // settings["T"]
    memory, state = (
        rt.RMSProp(1.0).init(params),
        CELLS[cell].zero_state(params.cell, settings["B"]),
    )
    best, first, means, valid, seconds, progress = params, [], [], [], 0.0, None
    if checkpoint.exists():
        like = (params, memory._replace(updates=np.zeros(())), state, best)
        (params, memory, state, best), more = load(checkpoint, like)
        memory = memory._replace(updates=int(memory.updates))
        first, means, valid = (
            more[name].tolist() for name in ("first", "means", "valid")
        )
        seconds = float(more["seconds"])
        progress = (memory, state)
        log(f"goes on after epoch {len(valid)}")
    running = epochs(model, params, split, settings, progress)
    while len(valid) < settings["epochs"]:
        start = time.perf_counter()
        losses = []
        for _ in range(per_epoch):
            loss, params, (memory, state) = next(running)
            losses.append(loss)
        first = first or losses[:FIRST]
        means.append(float(np.mean(losses)))
        valid.append(evaluate(model, params, split.valid, settings))
        best = params if valid[-1] == min(valid) else best
        seconds += time.perf_counter() - start
        log(
            f"epoch {len(valid):2d}   loss {means[-1]:.4f}   validation {valid[-1]:.4f}"
            f"   {seconds:6.0f} s"
        )
        arrays = params, memory._replace(updates=np.array(memory.updates)), state, best
        save(checkpoint, arrays, first=first, means=means, valid=valid, seconds=seconds)
    test = {
        when: round(evaluate(model, p, split.test, settings), 5)
        for when, p in (("best", best), ("last", params))
    }
    return (
        model,
        best,
        {
            "parameters": rt.tree.size(params),
            "H": model.H,
            "seconds": round(seconds),
            "first_losses": first,
            "train_losses": [round(loss, 5) for loss in means],
            "valid_losses": [round(loss, 5) for loss in valid],
            "best_epoch": int(np.argmin(valid)) + 1,
            # of the parameters with the lowest validation loss
            "test_loss": test["best"],
            "test_loss_last": test["last"],
        },
    )


def main():
    """Train, with a log, and write the result."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument(
        "--text", required=True, help="warpeace_input.txt, gzipped or plain"
    )
    options.add_argument("--cell", choices=("lstm", "rnn"), default="lstm")
    options.add_argument("--size", type=int, default=64, help="units of the LSTM")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--checkpoint", type=Path, help="results/NAME.npz if left out")
    asked = options.parse_args()
    name = f"war-and-peace-{asked.cell}-{asked.size}" + (
        f"-seed{asked.seed}" if asked.seed != 1 else ""
    )
    data = texts.read(asked.text, "war-and-peace")
    split = texts.char_rnn_split(data)
    results.RESULTS.mkdir(exist_ok=True)
    checkpoint = asked.checkpoint or results.RESULTS / f"{name}.npz"
    with open(results.RESULTS / f"{name}.log", "a", encoding="utf-8") as file:

        def log(line):
            print(line, file=file, flush=True)
            print(line, flush=True)

        model, best, content = train(
            asked.cell, asked.size, split, asked.seed, checkpoint, log
        )
    of_each = nats(model, best, split.test, SETTINGS)
    content["by_distance"] = quotes.by_distance(
        split, np.unique(np.frombuffer(data, np.uint8)), of_each
    )
    asked_for = {"cell": asked.cell, "size": asked.size, "seed": asked.seed}
    results.write(
        name,
        {"settings": SETTINGS | asked_for}
        | content
        | {
            "stand_in_losses": first_losses(
                asked.cell, asked.size, stand_in(), asked.seed
            )
        },
    )
    checkpoint.unlink()


if __name__ == "__main__":
    main()
