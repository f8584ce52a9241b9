"""The tests, run in forked children of a process that never imports the package.

Each child sees the package anew, with one module's code replaced, and ends after the
first test that fails. So a fault stays where it was planted, and what does not change,
NumPy and pytest, is imported once.
"""

import ast
import builtins
import gc
import itertools
import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections import defaultdict
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

# Before NumPy is imported: a process with threads of OpenBLAS must not fork.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
# No plugin is needed, and each takes its time in every child.
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

import hypothesis.strategies  # noqa: E402, F401
import matplotlib.pyplot  # noqa: E402, F401
import numpy.testing  # noqa: E402, F401
import pytest  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("cells", "nets", "model")  # where faults are planted
TESTS = [f"tests/{room}" for room in (*ROOMS, "gradients")]
OPTIONS = ["-x", "-q", "-s", "--tb=no", "-m", "not slow", "-p", "no:cacheprovider"]
# Cells with faults of their own, for check_cell to find: long, and beside the point.
OPTIONS += [f"--ignore=tests/gradients/test_{x}.py" for x in ("cell_check", "adjoints")]
SECONDS = 300  # of a processor, for a child; a fault that no test notices takes 20
BROKEN = 70  # how a child exits if the fault is here


class Seen:
    """A plugin for pytest: keeps the tests asked for, and what they showed."""

    def __init__(self, wanted=None):
        self.wanted, self.tests, self.failed = wanted, {}, None
        self.reached = builtins.reached = set()

    def pytest_collection_modifyitems(self, items):
        if self.wanted is not None:
            items[:] = [item for item in items if item.nodeid in self.wanted]
            # each test with its first arguments, then each with its second, …
            turns = defaultdict(itertools.count)
            items.sort(key=lambda item: next(turns[item.nodeid.partition("[")[0]]))
        for item in items:
            labels = (mark.args[0] for mark in item.iter_markers("equation"))
            self.tests[item.nodeid] = {"labels": sorted(set(labels)), "reaches": []}

    def pytest_runtest_logstart(self, nodeid):
        self.reached.clear()

    def pytest_runtest_logfinish(self, nodeid):
        self.tests[nodeid]["reaches"] = sorted(self.reached)

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed = self.failed or report.nodeid

    pytest_runtest_logreport = pytest_collectreport


def modules():
    """The modules in which faults are planted, with their files."""
    for room in ROOMS:
        for path in sorted((ROOT / "rnntutor" / room).rglob("*.py")):
            inside = path.relative_to(ROOT / "rnntutor").with_suffix("")
            yield ".".join(inside.parts), path


def collected():
    """The tests, each with its equations."""
    seen = Seen()
    pytest.main(["--collect-only", *OPTIONS, *TESTS], plugins=[seen])
    return seen.failed, seen.tests


def reached(nodeids):
    """Run tests on the package as it is; each with the functions it reached."""
    replace({module: _watched(module, path) for module, path in modules()})
    return _run(set(nodeids))


def failing(tests, fault):
    """The first test that fails with this fault, or None."""
    replace({fault.module: fault.code})
    for nodeids in stages(tests, fault):
        failed, _ = _run(nodeids)
        if failed:
            return failed, {}
    return None, {}


def stages(tests, fault):
    """Which tests to run: some, and further ones should these pass."""
    known = any(test["reaches"] for test in tests.values())
    where = f"{fault.module}, {fault.function}"
    reaching = [
        nodeid
        for nodeid, test in tests.items()
        if where in test["reaches"] or not known or not fault.function
    ]
    *folders, module = fault.module.split(".")
    own, beside = f"tests/{folders[0]}/", f"tests/{'/'.join(folders)}/test_{module}.py"
    of_equation = [n for n in reaching if fault.labels & set(tests[n]["labels"])]
    of_file = [n for n in reaching if n.startswith(beside)]
    of_room = [n for n in reaching if n.startswith((own, "tests/gradients/"))]
    done = set()
    for stage in (of_equation, of_file, of_room):
        new = set(stage) - done
        if new:
            done |= new
            yield new


def _run(nodeids):
    seen = Seen(nodeids)
    files = sorted({nodeid.partition("::")[0] for nodeid in nodeids})
    code = pytest.main([*OPTIONS, *files], plugins=[seen])
    if code and not seen.failed:
        seen.failed = f"pytest: {code!r}"
    return seen.failed, seen.tests


def replace(codes):
    """From now on the import of these modules executes this code."""

    class Loader(SourceFileLoader):
        def get_code(self, name):
            return codes[name.removeprefix("rnntutor.")]

    class Finder:
        def find_spec(self, name, path=None, target=None):
            module = name.removeprefix("rnntutor.")
            if module != name and module in codes:
                file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
                loader = Loader(name, str(file))
                return spec_from_file_location(name, loader=loader)

    sys.meta_path.insert(0, Finder())


def _watched(module, path):
    """The code of a module each of whose functions says when it is called."""
    tree = ast.parse(path.read_text(encoding="utf-8"))

    def watch(node, where):
        for inner in getattr(node, "body", []):
            if isinstance(inner, ast.FunctionDef | ast.ClassDef):
                name = f"{where}.{inner.name}".lstrip(".")
                watch(inner, name)
                if isinstance(inner, ast.FunctionDef):
                    say = f"reached.add({f'{module}, {name}'!r})"
                    at = bool(ast.get_docstring(inner))
                    inner.body.insert(at, ast.parse(say).body[0])

    watch(tree, "")
    return compile(ast.fix_missing_locations(tree), path, "exec")


def forked(function, calls, workers):
    """Call a function in children, so many at once; yield the arguments and the two
    things it returned.
    """
    calls, running = iter(calls), {}
    gc.freeze()
    while True:
        for arguments in itertools.islice(calls, workers - len(running)):
            out = tempfile.TemporaryFile("w+")
            pid = os.fork()
            if not pid:
                _child(out, function, arguments)
            running[pid] = arguments, out
        if not running:
            return
        pid, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        if code in (BROKEN, -signal.SIGINT):
            raise KeyboardInterrupt
        arguments, out = running.pop(pid)
        with out:
            out.seek(0)
            yield arguments, *((f"exit {code}", {}) if code else json.load(out))


def _child(out, function, arguments):
    errors = os.dup(2)
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # both, so that the end is a SIGKILL and leaves no core
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        os.chdir(ROOT)
        sys.path.insert(0, str(ROOT))
        sys.modules["numba"] = None  # machine code takes longer to make than to test
        json.dump(function(*arguments), out)
        out.flush()
        os._exit(0)
    except BaseException:
        os.write(errors, traceback.format_exc().encode())
        os._exit(BROKEN)
