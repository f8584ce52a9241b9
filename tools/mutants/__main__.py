"""Plant faults in the package, one at a time, and see which the tests notice.

    python tools/mutants                    # all; one that was broken off goes on
    python tools/mutants --draw 100         # some of those that have to be noticed
    python tools/mutants "LSTM.activate:"   # those whose name has this in it

Faults are planted in the computations of rnntutor/cells, nets and model. Each runs the
tests that are marked with the equation of its line, or of its function; if they pass,
the tests of the file named like its module, then those of its room and of gradients, as
far as they reach its function. The first failure ends it. A fault that no test
notices has to stand in equivalent.txt, below the reason why it is none.

Neither mutmut nor cosmic-ray does this: mutmut takes no operators from outside, and its
own know neither transposes nor gates; cosmic-ray takes them, but starts the test
command anew for each fault, a second or two every time. Needs a system with fork.
"""

import argparse
import hashlib
import json
import os
import random
import sys
from pathlib import Path

from faults import faults
from operators import NAMES
from tqdm import tqdm
from trial import ROOT, TESTS, collected, failing, forked, modules, reached

RECORD = ROOT / "_build" / "mutants.jsonl"
AT_LEAST = 1000
tqdm.monitor_interval = 0  # no thread beside one that forks
EQUIVALENT = Path(__file__).with_name("equivalent.txt")


def main():
    """Plant them, and return what to say at the end; 1 if something is wrong."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("text", nargs="?", default="", help="part of a fault's name")
    arguments.add_argument("--draw", type=int, help="how many, drawn by a fixed seed")
    arguments.add_argument("--workers", type=int, default=os.cpu_count())
    given = arguments.parse_args()

    planted = {f.name: f for module, path in modules() for f in faults(path, module)}
    reasons = read_reasons()
    gone = reasons.keys() - planted.keys()
    wrong = [f"not planted any more: {name}" for name in sorted(gone)]
    whole = not given.text and not given.draw
    if whole:
        missing = NAMES - {fault.operator for fault in planted.values()}
        wrong += [f"no fault by the operator: {name}" for name in missing]
        if len(planted) < AT_LEAST:
            wrong.append(f"only {len(planted)} faults, not {AT_LEAST}")
    names = [name for name in planted if given.text in name]
    if given.draw:
        names = sorted(name for name in names if name not in reasons)
        names = random.Random(2015).sample(names, given.draw)

    record = Record(whole)
    tests = record.tests or examined(record, given.draw, given.workers)
    left = [(tests, planted[name]) for name in names if name not in record.caught]
    done = forked(failing, left, given.workers)
    for (_, fault), by, _ in tqdm(done, total=len(left), desc="faults"):
        record.keep(fault.name, by)
    return report(names, record.caught, reasons, wrong)


def read_reasons():
    """To each fault that changes nothing the reason."""
    reasons, reason = {}, ""
    for line in EQUIVALENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            reasons[line.strip()] = reason
        else:
            reason = line
    return reasons


def examined(record, draw, workers):
    """The tests: their equations and, but for a draw, which functions they reach."""
    ((_, failed, tests),) = forked(collected, [()], 1)
    if failed:
        sys.exit(f"{failed} cannot be collected")
    if not draw:
        nodeids, many = list(tests), 8 * workers
        done = forked(reached, [(nodeids[i::many],) for i in range(many)], workers)
        for _, failed, part in tqdm(done, total=many, desc="without a fault"):
            if failed:
                sys.exit(f"{failed} fails without a fault")
            tests.update(part)
        record.begin(tests)
    return tests


class Record:
    """What is known so far; in a file, so that a run that is broken off goes on.

    The first line holds the tests and a digest of all that the rest depends on. What
    came of the faults is read, and kept, if all are tried.
    """

    def __init__(self, whole):
        self.whole, self.tests, self.caught = whole, None, {}
        digest = hashlib.sha256()
        for folder in ("rnntutor", "tools/mutants", *TESTS):
            for file in sorted((ROOT / folder).rglob("*.py")):
                digest.update(file.read_bytes())
        for file in sorted((ROOT / "tests").glob("*.py")):
            digest.update(file.read_bytes())
        self.digest = digest.hexdigest()
        if RECORD.exists():
            with RECORD.open(encoding="utf-8") as file:
                first = json.loads(next(file, "{}"))
                if first.get("digest") == self.digest:
                    self.tests = first["tests"]
                    if whole:
                        self.caught = dict(map(json.loads, file))

    def begin(self, tests):
        RECORD.parent.mkdir(exist_ok=True)
        self._write("w", {"digest": self.digest, "tests": tests})

    def keep(self, name, by):
        self.caught[name] = by
        if self.whole:
            self._write("a", [name, by])

    def _write(self, mode, line):
        with RECORD.open(mode, encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def report(names, caught, reasons, wrong):
    """Print what survived, by reason, and what is wrong."""
    survived = {name for name in names if caught[name] is None}
    for reason in dict.fromkeys(reasons.values()):
        here = [
            name for name in reasons if reasons[name] == reason and name in survived
        ]
        if here:
            print(f"\n{reason}", *here, sep="\n  ")
    for name in names:
        if name in survived and name not in reasons:
            wrong.append(f"no test notices: {name}")
        elif name in reasons and name not in survived:
            wrong.append(f"said to be equivalent, but {caught[name]} fails: {name}")
    print("", *wrong, sep="\n")
    print(
        f"{len(names)} faults: {len(names) - len(survived)} noticed, "
        f"{len(survived & reasons.keys())} equivalent, {len(wrong)} wrong"
    )
    return bool(wrong)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("broken off; the next run goes on from here")
