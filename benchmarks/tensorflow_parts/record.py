"""The result file of a device. It is always a record: its parts are measured, and
replaced, one by one.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from contextlib import suppress
from pathlib import Path

from _lib import results

HERE = Path(__file__).resolve().parent
BENCHMARKS, ROOT = HERE.parents[:2]
ABOUT = ("device", "tensorflow", "keras", "numpy", "built_with", "runs_with")


def source():
    """A digest of the package and of what measures it: what else changes in the
    repository makes no measurement old.
    """
    files = [BENCHMARKS / "tensorflow_check.py", BENCHMARKS / "speed_steps.py"]
    files += sorted(HERE.glob("*.py")) + sorted((ROOT / "rnntutor").rglob("*.py"))
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def commit():
    """The commit of the repository, marked if files differ from it; None without
    git.
    """
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    with suppress(OSError):
        done = subprocess.run(command, capture_output=True, text=True)
        return done.stdout.strip() or None
    return None


class Record:
    """What was measured on a device, written anew after each row."""

    def __init__(self, path, about):
        self.path, self.about = path, about
        self.made = {key: about[key] for key in ABOUT if key in about}
        self.made |= {"source": source(), "commit": commit()}
        text = path.read_text(encoding="utf-8") if path.exists() else '{"parts": {}}'
        self.parts = json.loads(text)["parts"]

    def has(self, part):
        """Whether the part is there, whole, and made by the same with the same."""
        there = self.parts.get(part.name)
        if there is None or "failed" in there:
            return False
        if any("skipped" in row for row in there["rows"]):
            return False
        same = self.made | {"commit": there["made"].get("commit")}  # the source decides
        return there["made"] == json.loads(json.dumps(same))

    def write(self, part, entry):
        """The file with what there is of the part; one that has given nothing does not
        replace an older one that has.
        """
        if entry["rows"] or part.name not in self.parts:
            self.parts[part.name] = entry
        seconds = round(sum(part["seconds"] for part in self.parts.values()))
        content = results.circumstances() | {"seconds": seconds} | self.about
        paths = r" --(folder|torch)[ =]\S+"  # of this machine alone
        content["command"] = re.sub(paths, "", content["command"])
        results.write_json(self.path, content | {"parts": self.parts})
