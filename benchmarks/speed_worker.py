"""A process that makes one step ready, sleeps, and times it each time it is asked to:
what `speed.py` starts for each job.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time


class NotReady(Exception):
    """Why a step could not be made ready."""


class Worker:
    """The process of a job, once its step is ready.

    Parameters
    ----------
    job : dict
        Of `speed_settings.jobs`.
    env : dict of str -> str
    limit : float or None
        Seconds to be ready in; None for as many as it takes.

    Raises
    ------
    NotReady
        If it is not ready then, or failed.
    """

    def __init__(self, job, env, limit):
        from speed_settings import ONE_THREAD

        if job["setting"]["threads"] == 1:
            env = env | ONE_THREAD
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [sys.executable, __file__, json.dumps(job)],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        there, _, _ = select.select([self.process.stdout], [], [], limit)
        if not there:
            self.close()
            raise NotReady(f"not ready after {limit:g} seconds")
        if self.process.stdout.readline() != "ready\n":
            raise NotReady(self.last_words())

    def timed(self, seconds):
        """What `timed` finds there."""
        if self.process.poll() is not None:
            return {"failed": "it ended in an earlier round"}
        print(seconds, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            return {"failed": self.last_words()}
        return json.loads(line)

    def last_words(self):
        """The last line of what went wrong in a process that ended."""
        self.process.wait()
        self.errors.seek(0)
        last = (self.errors.read().strip() or "it ended").splitlines()[-1]
        self.close()
        return last

    def close(self):
        """End the process."""
        self.process.kill()
        self.process.communicate()
        self.errors.close()


def timed(call, seconds, least=5):
    """Milliseconds of each call, after one that is not counted."""
    call()
    times, end = [], time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return {"median": statistics.median(times), "min": min(times)}


def team(contender, threads):
    """The threads of what belongs to this package; others look after themselves."""
    from speed_settings import OURS

    if contender not in {**OURS, "peak, packed": 0, "copy": 0}:
        return contextlib.nullcontext()
    import rnntutor as rt

    return rt.threads(None if threads == "all" else threads)


def step_of(what, shape, contender, setting):
    """The step of a job."""
    from speed_peak import PEAKS
    from speed_steps import STEPS
    from speed_writers import WRITERS

    how = {key: value for key, value in setting.items() if key != "threads"}
    if contender in PEAKS:
        return PEAKS[contender]()
    if what == "writing":
        return WRITERS[contender](*shape, **how)
    return STEPS[contender](what, *shape, **how)


def main():
    """Make the step ready, say so, and answer as long as somebody asks."""
    job = json.loads(sys.argv[1])
    threads = job["setting"]["threads"]
    if threads == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with team(job["contender"], threads):
        with contextlib.redirect_stdout(sys.stderr):  # what the libraries have to say
            step = step_of(**job)
            for _ in range(3):
                step()
        print("ready", flush=True)
        for line in sys.stdin:
            print(json.dumps(timed(step, float(line))), flush=True)


if __name__ == "__main__":
    main()
