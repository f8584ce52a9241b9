"""Training on several devices and several workers: the same result, also after one of
them was killed.

The workers are processes on this machine that meet on loopback, with a tiny net.
"""

import json
import os
import re
import runpy
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
from keras_here import needs_tensorflow
from reading import ROOT

pytestmark = needs_tensorflow

SCRIPT = ROOT / "benchmarks" / "tensorflow_distributed.py"
CPU = {"CUDA_VISIBLE_DEVICES": "-1"}  # two workers cannot share a GPU
STEPS, EVERY = 200, 25
TINY = [
    "--batch",
    "8",
    "--length",
    "10",
    "--hidden",
    "6",
    "--dtype",
    "float64",
    "--lr",
    "0.2",
]
TEXT = "the quick brown fox jumps over the lazy dog. " * 200
SAME = 1e-12  # how far parameters may differ: the order of the sums does
PATIENCE = 240  # seconds for what takes ten on a machine at rest
NOTICE = 60  # seconds in which a worker must have noticed that the other is gone


def options(folder):
    """The arguments of a run in this folder, and its text."""
    (folder / "text.txt").write_text(TEXT, encoding="ascii")
    how = [
        "--folder",
        folder,
        "--text",
        folder / "text.txt",
        "--steps",
        STEPS,
        "--every",
        EVERY,
    ]
    return [str(one) for one in how] + TINY


def free_ports(n):
    """Ports that no one listens on at the moment."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def workers(folder, n=2, more=()):
    """Processes of the script, a worker each, writing to log-0, log-1, …; none survives
    this block.
    """
    cluster = {"worker": [f"127.0.0.1:{port}" for port in free_ports(n)]}
    running = []
    try:
        for index in range(n):
            config = {"cluster": cluster, "task": {"type": "worker", "index": index}}
            env = (
                os.environ | CPU | ({"TF_CONFIG": json.dumps(config)} if n > 1 else {})
            )
            with open(folder / f"log-{index}", "w", encoding="utf-8") as log:
                command = [sys.executable, str(SCRIPT), *options(folder), *more]
                running.append(
                    subprocess.Popen(
                        command, stdout=log, stderr=subprocess.STDOUT, env=env
                    )
                )
        yield running
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait(10)


def said(folder, index=0):
    return (folder / f"log-{index}").read_text(encoding="utf-8")


def finish(folder, running):
    """Wait for all of them to end well; return the parameters that worker 0 has
    written.
    """
    for index, process in enumerate(running):
        assert process.wait(PATIENCE) == 0, said(folder, index)
    with np.load(folder / "params.npz") as file:
        return dict(file)


def wait_for(words, folder, running, index=0):
    """Wait until a worker has said these words."""
    deadline = time.monotonic() + PATIENCE
    while words not in said(folder, index):
        assert time.monotonic() < deadline and running[index].poll() is None, said(
            folder, index
        )
        time.sleep(0.02)


def apart(params, others):
    assert params.keys() == others.keys()
    return max(float(np.max(np.abs(params[name] - others[name]))) for name in params)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The parameters after one worker on one device has read the whole batches."""
    folder = tmp_path_factory.mktemp("alone")
    script = runpy.run_path(str(SCRIPT))
    script["main"](options(folder))
    losses = json.loads((folder / "losses.json").read_text(encoding="utf-8"))
    assert len(losses) == STEPS and losses[-1] < losses[0] / 2  # it does learn
    return finish(folder, [])


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """The parameters after two workers have read half of each batch each."""
    folder = tmp_path_factory.mktemp("together")
    with workers(folder) as running:
        return finish(folder, running)


def test_two_workers_are_one(alone, together, note):
    assert apart(alone, together) <= SAME
    note(
        f"two workers, {STEPS} steps: parameters within {apart(alone, together):.1e} of"
        " one worker's"
    )


def test_two_devices_are_one(alone, tmp_path, note):
    with workers(tmp_path, 1, ["--devices", "2"]) as running:
        both = finish(tmp_path, running)
    assert "on 2 devices" in said(tmp_path)
    assert apart(alone, both) <= SAME
    note(f"two devices of one worker: parameters within {apart(alone, both):.1e}")


@pytest.mark.parametrize("victim", [0, 1])
def test_a_killed_worker_is_noticed_and_both_go_on(victim, together, tmp_path, note):
    """Worker 0 is the one that the others report to, and that writes the checkpoints."""
    other = 1 - victim
    with workers(tmp_path) as running:
        wait_for(f"step {2 * EVERY}:", tmp_path, running)
        running[victim].kill()
        start = time.monotonic()
        status = running[other].wait(NOTICE)
        seconds = time.monotonic() - start
    text = said(tmp_path, other)
    assert status == 3, text
    assert re.search(
        rf"^worker {other}: lost contact with another worker: \w+", text, re.M
    ), text
    assert f"worker {other}: start all workers again with the same command" in text
    assert "Traceback" not in text and not (tmp_path / "params.npz").exists()
    with workers(tmp_path) as running:
        resumed = finish(tmp_path, running)
    (start_at,) = re.findall(
        r"^worker 0: going on at step (\d+) on 2 devices$", said(tmp_path), re.M
    )
    assert 2 * EVERY <= int(start_at) < STEPS
    assert apart(resumed, together) <= SAME
    note(
        f"worker {victim} of two killed: the other ends after {seconds:.1f} s; both"
        f" restarted at step {start_at} end within {apart(resumed, together):.1e} of an"
        " uninterrupted run"
    )


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path):
    script = runpy.run_path(str(SCRIPT))
    three = SimpleNamespace(num_replicas_in_sync=3)
    with pytest.raises(
        SystemExit, match="--batch: expected a multiple of the 3 devices, got 8"
    ):
        script["build"](None, three, script["arguments"](options(tmp_path)))
