"""What a step of `train_distributed.py` is made of: the gradient of a share of a batch,
and the all-reduce.

    python benchmarks/worker_times.py        # two processes on this machine, two or
    three minutes

Times three things, each worker with one thread: the step for shares of several sizes on
one worker; the sum over two workers, which meet on loopback, for vectors of several
sizes; and the whole step of two workers, for batches of several sizes, which the first
two have to explain. Each by the clock on the wall and in processor time; of a step the
fastest of several, since whatever else the machine does can only add to it, and of a
sum, which has to wait for the slower worker, the median of many. Writes
results/worker-times.json, which appendix A1 compares with its model of the step.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time

import results
import train_distributed

from rnntutor.keras import require_tensorflow

SHARES = (16, 32, 64, 128, 256)  # sequences
BATCHES = (64, 128, 256)  # sequences of two workers together
NUMBERS = (1_000, 10_000, 100_000, 1_000_000, 4_000_000)  # in an all-reduce, float32
MODEL = ["--hidden", "256", "--length", "64", "--folder", "unused"]
STEPS, SUMS = 15, 60  # calls that are timed
ONE_THREAD = dict.fromkeys(
    ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OPENBLAS_NUM_THREADS"), "1"
)


def milliseconds(call, calls, of):
    """What of several calls, the first two not counted, took: on the wall, and in
    processor time.
    """
    taken = []
    for _ in range(calls + 2):
        start = time.perf_counter(), time.process_time()
        call()
        taken.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    return [round(1000 * of(one), 3) for one in zip(*taken[2:], strict=True)]


def steps(batches):
    """The fastest step by size of batch, without input and checkpoints; and the number
    of parameters.
    """
    tf, _ = require_tensorflow()
    strategy, found = train_distributed.make_strategy(tf), []
    for batch in batches:
        asked = train_distributed.arguments([*MODEL, "--batch", str(batch)])
        trainer = train_distributed.build(tf, strategy, asked)
        windows = next(iter(train_distributed.batches(tf, trainer, 0)))

        def step(trainer=trainer, windows=windows):
            return float(trainer.step(windows))

        found.append([batch, *milliseconds(step, STEPS, min)])
    return found, sum(weight.shape.num_elements() for weight in trainer.net.weights)


def one_worker():
    """Times of a step whose batch is a share."""
    found, parameters = steps(SHARES)
    return {"gradient_ms": found, "parameters": parameters}


def two_workers():
    """Times of the whole step; each worker calls this."""
    return {"step_ms": steps(BATCHES)[0]}


def all_reduce():
    """Times of summing vectors over the workers; each worker calls this."""
    tf, _ = require_tensorflow()
    strategy = train_distributed.make_strategy(tf)
    found = []
    for count in NUMBERS:
        vector = tf.ones(count)

        @tf.function
        def summed(vector):
            def total(vector):
                # on the worker's device, which the sum goes by
                here = tf.identity(vector)
                return tf.distribute.get_replica_context().all_reduce("sum", here)[0]

            return strategy.run(total, (vector,))

        def call(summed=summed, vector=vector):
            return float(summed(vector))

        found.append([count, *milliseconds(call, SUMS, statistics.median)])
    return {"all_reduce_ms": found}


PARTS = {"one_worker": one_worker, "all_reduce": all_reduce, "two_workers": two_workers}


def in_processes(part, workers):
    """Call a part in as many processes as there are workers; what the first of them
    found.
    """
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(workers)]
    cluster = {"worker": [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]}
    for one in sockets:
        one.close()
    running = []
    for index in range(workers):
        config = json.dumps(
            {"cluster": cluster, "task": {"type": "worker", "index": index}}
        )
        env = os.environ | ONE_THREAD | ({"TF_CONFIG": config} if workers > 1 else {})
        command = [sys.executable, __file__, part]
        running.append(
            subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        )
    said = [process.communicate(timeout=600)[0] for process in running]
    return json.loads(said[0].splitlines()[-1])


def main():
    """Measure and write the result file."""
    if len(sys.argv) > 1:
        print(json.dumps(PARTS[sys.argv[1]]()))
        return
    start, load = (
        time.perf_counter(),
        os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    )
    found = {}
    for part, workers in (("one_worker", 1), ("all_reduce", 2), ("two_workers", 2)):
        found |= in_processes(part, workers)
    seconds = round(time.perf_counter() - start)
    content = {
        "seconds": seconds,
        "workers": 2,
        "network": "loopback",
        "threads": 1,
        "model": " ".join(MODEL[:4]),
        "load": load and round(load, 1),  # of the machine, before
    }
    path = results.write("worker-times", results.circumstances() | content | found)
    print(json.dumps(found, indent=1))
    print(f"wrote benchmarks/results/{path.name}")


if __name__ == "__main__":
    main()
