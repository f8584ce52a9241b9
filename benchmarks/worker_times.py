"""What a step of `train_distributed.py` is made of: the gradient of a share of a batch, and the all-reduce.

    python benchmarks/worker_times.py        # two processes on this machine, a minute or two

Times the gradient for shares of several sizes on one worker (in processor time of one thread, so that what
else the machine does counts little), and the sum over two workers, which meet on loopback, for vectors of
several sizes (by the clock on the wall). Each is the fastest of several calls. Writes
results/worker-times.json, from which appendix A1 reckons how throughput would grow with more workers.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time

import results
import train_distributed

from rnntutor.keras_bridge import require_tensorflow

SHARES = (16, 32, 64, 128, 256)  # sequences
NUMBERS = (1_000, 10_000, 100_000, 1_000_000, 4_000_000)  # in an all-reduce, float32
MODEL = ["--hidden", "256", "--length", "64", "--folder", "unused"]
CALLS = 20
ONE_THREAD = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def fastest(call, clock=time.perf_counter):
    """Milliseconds of the fastest of several calls, the first not counted."""
    taken = []
    for _ in range(CALLS + 1):
        start = clock()
        call()
        taken.append(1000 * (clock() - start))
    return round(min(taken[1:]), 3)


def gradients():
    """Times of a step on one worker, whose batch is a share; and the number of parameters."""
    tf, _ = require_tensorflow()
    found = []
    for share in SHARES:
        asked = train_distributed.arguments([*MODEL, "--batch", str(share)])
        trainer = train_distributed.build(tf, train_distributed.make_strategy(tf), asked)
        windows = next(iter(train_distributed.batches(tf, trainer, 0)))

        def step(trainer=trainer, windows=windows):
            return float(trainer.step(windows))

        found.append([share, fastest(step, time.process_time)])
    return {
        "gradient_ms": found,
        "parameters": sum(weight.shape.num_elements() for weight in trainer.net.weights),
    }


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
                here = tf.identity(vector)  # on the worker's device, which the sum goes by
                return tf.distribute.get_replica_context().all_reduce("sum", here)[0]

            return strategy.run(total, (vector,))

        found.append([count, fastest(lambda summed=summed, vector=vector: float(summed(vector)))])
    return {"all_reduce_ms": found}


def in_processes(part, workers):
    """Call a part in as many processes as there are workers; what the first of them found."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(workers)]
    cluster = {"worker": [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]}
    for one in sockets:
        one.close()
    running = []
    for index in range(workers):
        config = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}})
        env = os.environ | ONE_THREAD | ({"TF_CONFIG": config} if workers > 1 else {})
        command = [sys.executable, __file__, part]
        running.append(subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True))
    said = [process.communicate(timeout=600)[0] for process in running]
    return json.loads(said[0].splitlines()[-1])


def main():
    """Measure both and write the result file."""
    if len(sys.argv) > 1:
        print(json.dumps({"gradients": gradients, "all_reduce": all_reduce}[sys.argv[1]]()))
        return
    start = time.perf_counter()
    found = in_processes("gradients", 1) | in_processes("all_reduce", 2)
    seconds = round(time.perf_counter() - start)
    content = {
        "seconds": seconds,
        "workers": 2,
        "network": "loopback",
        "threads": 1,
        "model": " ".join(MODEL[:4]),
    }
    path = results.write("worker-times", results.circumstances() | content | found)
    print(json.dumps(found, indent=1))
    print(f"wrote benchmarks/results/{path.name}")


if __name__ == "__main__":
    main()
