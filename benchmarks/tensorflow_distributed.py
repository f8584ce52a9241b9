r"""Train the character model on whatever there is: one CPU, one GPU, several GPUs,
several machines.

    python benchmarks/tensorflow_distributed.py --folder runs/lstm  # all GPUs here

    # on each machine, with its own index:
    TF_CONFIG='{"cluster": {"worker": ["one:7777", "two:7777"]},
        "task": {"type": "worker", "index": 0}}' \
        python benchmarks/tensorflow_distributed.py --folder /shared/lstm

Every worker reads its own share of each batch and computes a gradient; the gradients
are summed, and every worker takes the same step. So the result does not depend on how
many there are, up to rounding. Worker 0 writes a checkpoint every --every steps, into a
folder that all workers must be able to read. If a worker is lost, the others end with
exit status 3; started again with the same command, all go on from the last checkpoint.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

import rnntutor as rt
from rnntutor.keras import from_keras, require_tensorflow, to_keras

LOST = 3  # exit status
ALPHABET = 128  # the model reads and writes bytes below this


def arguments(given=None):
    """What the run is to be."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    say = options.add_argument
    folder = "for checkpoints and the result; shared by all workers"
    say("--folder", required=True, help=folder)
    say("--text", help="a text to train on instead of Shakespeare's plays")
    say("--steps", type=int, default=2000)
    say("--every", type=int, default=100, help="steps between checkpoints")
    batch = "sequences in a step, all workers together"
    say("--batch", type=int, default=64, help=batch)
    say("--length", type=int, default=64, help="characters in a sequence")
    say("--hidden", type=int, default=256)
    say("--lr", type=float, default=0.5)
    say("--momentum", type=float, default=0.9)
    say("--clip", type=float, default=1.0)
    say("--seed", type=int, default=1)
    say("--dtype", choices=("float32", "float64"), default="float32")
    devices = "split the CPU into so many, to try this without several GPUs"
    say("--devices", type=int, help=devices)
    return options.parse_args(given)


def make_strategy(tf, devices=None):
    """One device, several, or several machines, as the machine and TF_CONFIG say."""
    if devices:
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * devices
        )
    if "TF_CONFIG" in os.environ:
        # before anything else that starts TensorFlow
        return tf.distribute.MultiWorkerMirroredStrategy()
    if devices:
        return tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(devices)])
    gpus = tf.config.list_logical_devices("GPU")
    if len(gpus) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.OneDeviceStrategy("GPU:0" if gpus else "CPU:0")


class Trainer(NamedTuple):
    """All that a step changes or needs."""

    strategy: object
    net: object  # the Keras model
    velocity: list  # one for each weight
    done: object  # how many steps were taken
    step: object  # takes a distributed batch, returns the loss
    text: object  # the text as bytes
    asked: object


def build(tf, strategy, asked):
    """The model on every device, equal everywhere since every worker draws it from the
    same seed.
    """
    devices = strategy.num_replicas_in_sync
    if asked.batch % devices:
        raise SystemExit(
            f"--batch: expected a multiple of the {devices} devices, got {asked.batch}"
        )
    text = rt.read_text(asked.text) if asked.text else rt.shakespeare().train
    ids = np.frombuffer(text.encode("ascii", "replace"), np.uint8)
    model = rt.Model(rt.LSTM(), ALPHABET, asked.hidden, ALPHABET)
    params = model.init(np.random.default_rng(asked.seed), np.dtype(asked.dtype))
    with strategy.scope():
        net = to_keras(model, params)
        weights = [weight.value for weight in net.trainable_weights]
        velocity = [tf.Variable(tf.zeros_like(w), trainable=False) for w in weights]
        done = tf.Variable(0, dtype=tf.int64, trainable=False)

    def gradient(windows):
        """On one device: its share of the loss and of the gradient, then the sum over
        all.
        """
        with tf.GradientTape() as tape:
            ys_raw = net(tf.one_hot(windows[:, :-1], ALPHABET, dtype=asked.dtype))
            ce = tf.nn.sparse_softmax_cross_entropy_with_logits(windows[:, 1:], ys_raw)
            loss = tf.reduce_sum(ce) / (asked.batch * asked.length)
        shares = [loss, *tape.gradient(loss, weights)]
        loss, *grads = tf.distribute.get_replica_context().all_reduce("sum", shares)
        return loss, *tf.clip_by_global_norm(grads, asked.clip)[0]

    def update(weight, v, grad):
        """Momentum SGD as in the book."""
        weight.assign_sub(asked.lr * v.assign(asked.momentum * v + grad))

    @tf.function
    def step(windows):
        loss, *grads = strategy.run(gradient, (windows,))
        for weight, v, grad in zip(weights, velocity, grads, strict=True):
            strategy.extended.update(weight, update, (v, grad))
        done.assign_add(1)
        return strategy.experimental_local_results(loss)[0]

    return Trainer(strategy, net, velocity, done, step, ids, asked)


def batches(tf, trainer, start):
    """The batches from step `start` on. Each depends on its number alone: a run can go
    on anywhere.
    """
    asked, text = trainer.asked, tf.constant(trainer.text)

    def share(context):
        """What one worker reads: its rows of every batch, in equal parts for its
        devices.
        """
        workers, index = context.num_input_pipelines, context.input_pipeline_id
        rows, parts = asked.batch // workers, context.num_replicas_in_sync // workers

        def read(number):
            first = tf.random.stateless_uniform(
                (asked.batch,),
                (asked.seed, number),
                maxval=len(trainer.text) - asked.length,
                dtype=tf.int64,
            )
            steps = tf.range(asked.length + 1, dtype=tf.int64)
            mine = first[index * rows : (index + 1) * rows, None] + steps
            windows = tf.cast(tf.gather(text, mine), tf.int32)
            windows = tf.reshape(windows, (parts, -1, asked.length + 1))
            return tf.data.Dataset.from_tensor_slices(windows)

        numbers = tf.data.Dataset.range(start, asked.steps)
        return numbers.flat_map(read).prefetch(2 * parts)

    return trainer.strategy.distribute_datasets_from_function(share)


def train(tf, trainer, chief=True, log=print):
    """From the last checkpoint, if there is one, to the last step; returns the losses
    of the steps taken.
    """
    asked = trainer.asked
    checkpoint = tf.train.Checkpoint(
        net=trainer.net, velocity=trainer.velocity, done=trainer.done
    )
    folder = os.path.join(asked.folder, "checkpoints")
    manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=2)
    if manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint).assert_consumed()
    start = int(trainer.done.numpy())
    devices = trainer.strategy.num_replicas_in_sync
    log(
        f"{'going on' if start else 'beginning'} at step {start} on {devices}"
        f" device{'s'[: devices > 1]}"
    )
    losses = []
    for windows in batches(tf, trainer, start):
        losses.append(float(trainer.step(windows)))
        now = start + len(losses)
        if now % asked.every == 0 or now == asked.steps:
            if chief:  # it waits for no one: the variables are the same everywhere
                manager.save()
            log(f"step {now}: loss {losses[-1]:.6f}")
    return losses


def reason(error):
    """The part of TensorFlow's long message that says what happened."""
    words = re.search(
        r"[^\n:{}]*(closed|reset by peer|refused|heartbeat|unhealthy|is down)[^\n]*",
        str(error),
    )
    return words.group().strip()[:160] if words else type(error).__name__


def main(given=None):
    """Train; worker 0 writes the parameters and the losses into the folder."""
    asked = arguments(given)
    tf, _ = require_tensorflow()
    task = json.loads(os.environ.get("TF_CONFIG", "{}")).get("task", {"index": 0})
    chief, name = task["index"] == 0, f"worker {task['index']}"

    def log(line):
        print(f"{name}: {line}", flush=True)

    start = time.perf_counter()
    try:
        strategy = make_strategy(tf, asked.devices)
        # TensorFlow took it and would not stop
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        trainer = build(tf, strategy, asked)
        losses = train(tf, trainer, chief, log)
    except (
        tf.errors.UnavailableError,
        tf.errors.AbortedError,
        tf.errors.CancelledError,
        tf.errors.DeadlineExceededError,
    ) as error:
        log(f"lost contact with another worker: {reason(error)}")
        log(
            "start all workers again with the same command: they go on from the last"
            " checkpoint"
        )
        sys.stdout.flush()
        # what waits for the lost worker in TensorFlow's own threads would keep this
        # process
        os._exit(LOST)
    if chief:
        _, params = from_keras(trainer.net)
        folder = Path(asked.folder)
        np.savez(folder / "params.npz", **dict(rt.tree.leaves(params)))
        (folder / "losses.json").write_text(json.dumps(losses), encoding="utf-8")
    log(f"done in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
