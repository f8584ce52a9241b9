"""A part in a process of its own, with a limit of time."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
# what TensorFlow reports before it knows that it was told not to
NOISE = re.compile(r"I\d{4} |WARNING: All log messages before absl")
# One thread for the products of the small nets that are compared; and oneDNN, which
# the book does without, is on: the times are to be TensorFlow's best.
ENV = {"OPENBLAS_NUM_THREADS": "1", "TF_ENABLE_ONEDNN_OPTS": "1"}
GRACE = 10  # seconds for a process to end that has said its last word


def run(part, given, seconds, take, python=sys.executable):
    """Run a part, and hand each of its rows to `take` as soon as it is there.

    Parameters
    ----------
    part : Part
    given : dict
        What the part is told: quick, folder, name, and here until when.
    seconds : float
        After so many the process is ended.
    take : callable
    python : str
        The interpreter.

    Returns
    -------
    str or None
        Why the part broke off, if it did.
    """
    env = {**ENV, **os.environ, **dict(part.env)}
    if python != sys.executable:  # where our packages and libraries have no business
        for name in ("PYTHONPATH", "LD_LIBRARY_PATH"):
            env.pop(name, None)
    path = [str(HERE), str(HERE.parent), *filter(None, [env.get("PYTHONPATH")])]
    env["PYTHONPATH"] = os.pathsep.join(path)
    given = given | {"until": time.time() + seconds}
    process = subprocess.Popen(
        [python, "-m", "tensorflow_parts", part.task, json.dumps(given)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # Ctrl-C is for the one that waits here
    )
    lines = queue.SimpleQueue()

    def read():
        with process.stdout as said:
            for line in said:
                lines.put(line)
        lines.put(None)

    def pass_on():
        with process.stderr as said:
            for line in said:
                if not NOISE.match(line):
                    print(line, end="", file=sys.stderr, flush=True)

    # a process that hangs in a driver cannot be ended: nothing here may wait for it
    threads = [threading.Thread(target=job, daemon=True) for job in (read, pass_on)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    try:
        while line := lines.get(timeout=max(0.0, end - time.monotonic())):
            row = json.loads(line)
            if "failed" in row:  # its last word; how it ends does not matter
                return row["failed"]
            take(row)
        status = process.wait(GRACE)
    except (queue.Empty, subprocess.TimeoutExpired):
        return f"not done after {seconds:.0f} s, and ended"
    except json.JSONDecodeError:
        return "its process broke off within a line"
    finally:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        for thread in threads:
            thread.join(1)
    if status < 0:
        return f"its process was ended by {signal.Signals(-status).name}"
    return f"its process ended early, with status {status}"
