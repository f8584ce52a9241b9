"""Runs of one function side by side, in processes of their own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from rnntutor import _check
from rnntutor.train.bar import progress_bar

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def side_by_side(function, jobs, workers=None, finished=None, progress=True):
    """Call a function once for each job, several at a time.

    Each call runs in a process of its own making, with one thread for its products of
    matrices, and sees nothing of the others. So a function whose result depends on its
    arguments alone, its seed being one of them, gives the same results with any number
    of workers.

    Ctrl-C stops those that are running and returns what is finished.

    Parameters
    ----------
    function : callable
        Defined at the top of a module, so that other processes find it by its name.
    jobs : list of dict
        The keyword arguments of each call.
    workers : int, optional
        How many run at a time; as many as there are cores if left out. With 1 there are
        no further processes.
    finished : callable, optional
        Called in this process with a job and its result as soon as it is there, for
        example to write it down.
    progress : bool
        Show a progress bar on stderr (only where that is a terminal).

    Returns
    -------
    list
        The results in the order of the jobs; None for those that were not finished.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of bounds.
    RuntimeError
        If a call fails: it says which, and carries the finished results as
        ``error.results``.
    """
    _check.function("function", function, "of the keyword arguments of a job")
    if not isinstance(jobs, list | tuple) or not all(
        isinstance(job, dict) for job in jobs
    ):
        raise TypeError(f"jobs: expected a list of dicts, got {_check.short(jobs)}")
    workers = (
        (os.cpu_count() or 1) if workers is None else _check.integer("workers", workers)
    )
    if finished is not None:
        _check.function("finished", finished, "of a job and its result")
    results = [None] * len(jobs)
    walk = (
        _here(function, jobs)
        if workers == 1
        else _spawned(function, jobs, min(workers, len(jobs)))
    )
    bar = progress_bar(progress, total=len(jobs), unit="run")
    try:
        for index, outcome in walk:
            try:
                results[index] = outcome()
            except Exception as cause:
                error = RuntimeError(
                    f"run {index} of {len(jobs)}, {jobs[index]}: {cause!r}"
                )
                error.results = results
                raise error from cause
            bar.update()
            if finished is not None:
                finished(jobs[index], results[index])
    except KeyboardInterrupt:
        pass  # what is finished is kept
    finally:
        walk.close()
        bar.close()
    return results


def _here(function, jobs):
    """One after the other, in this process."""
    for index, job in enumerate(jobs):
        yield index, lambda job=job: function(**job)


def _spawned(function, jobs, workers):
    """As they finish, from a pool of processes; whoever stops asking stops them."""
    if not jobs:
        return
    others = set(multiprocessing.active_children())
    with _one_thread_each():
        pool = ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), _deaf_to_interrupts
        )
        futures = {}
        try:
            futures |= {
                pool.submit(function, **job): index for index, job in enumerate(jobs)
            }
            for future in as_completed(futures):
                yield futures[future], future.result
        except BaseException:
            for future in futures:
                future.cancel()
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
            raise
        finally:
            pool.shutdown()


def _deaf_to_interrupts():
    """Ctrl-C reaches the whole group of processes; the first of them decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _one_thread_each():
    """Processes that start inside read this from the environment before they import
    NumPy.
    """
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
