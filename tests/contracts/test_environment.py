"""The repository around the book: one set of versions, no trace of a machine, no
network.
"""

import ast
import re
import socket
import subprocess
import sys
import textwrap
import tomllib

import pytest
import yaml
from reading import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))[
    "dependencies"
]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(name):
    """The text of a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def repository_files():
    """The files that are in the repository, or would be with the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of the repository's files")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_conda_takes_what_pyproject_says():
    (pip,) = [entry["pip"] for entry in CONDA if isinstance(entry, dict)]
    conda = [entry for entry in CONDA if isinstance(entry, str)]
    extras = PROJECT["optional-dependencies"]
    assert conda == [
        f"python{PROJECT['requires-python']}",
        *PROJECT["dependencies"],
        "pip",
    ]
    assert pip == [
        *extras["book"],
        *extras["test"],
        *extras["fast"],
        *extras["dev"],
        "--editable .",
    ]


def test_the_supported_pythons_are_those_that_are_tested():
    low, high = re.fullmatch(
        r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]
    ).groups()
    supported = [f"3.{minor}" for minor in range(int(low), int(high))]
    tests = yaml.safe_load(read(".github/workflows/tests.yml"))["jobs"]["tests"]
    assert tests["strategy"]["matrix"]["python"] == supported
    assert (
        re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
        == supported
    )
    assert re.findall(r'"(3\.\d+)": "2\.', read("noxfile.py")) == supported
    for path in WORKFLOWS:
        named = re.findall(
            r"python(?:-version)?: \"(3\.\d+)\"", path.read_text(encoding="utf-8")
        )
        assert set(named) <= set(supported), path.name
    for name in ("README.md", "Makefile"):
        assert f"Python {', '.join(supported[:-1])} or {supported[-1]}" in read(name)


def test_the_version_is_one():
    import rnntutor

    assert rnntutor.__version__ == PROJECT["version"]
    assert yaml.safe_load(read("CITATION.cff"))["version"] == PROJECT["version"]
    assert PROJECT["version"] in read("CHANGELOG.md")


def test_workflows_pin_what_they_use():
    used = [
        line
        for path in WORKFLOWS
        for line in read(path).splitlines()
        if "uses:" in line
    ]
    assert used
    for line in used:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d", line), line


def test_no_file_tells_of_a_machine_or_of_work_left_over():
    # Written so that these lines do not find themselves.
    machine = re.compile(
        r"(?<![\w.:/~-])/(?:home|root|Users|work|tmp)/\w|\b[A-Z]:\\(?:Users|Windows)\b"
    )
    left_over = re.compile(
        r"(?:#|//|<!--)\s*(?:TO[D]O|FIX[M]E|X[X]X)\b|\b(?:TO[D]O|FIX[M]E)[:(]"
    )
    for path in repository_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # an image or a typeface
        for number, line in enumerate(text.splitlines(), start=1):
            where = f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
            assert not machine.search(line), where
            assert not left_over.search(line), where


def test_what_contributing_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", read("CONTRIBUTING.md"))
    assert len(named) >= 15
    for name, function in named:
        assert (ROOT / name).is_file(), name
        if function:
            defined = [
                node.name
                for node in ast.parse(read(name)).body
                if isinstance(node, ast.FunctionDef)
            ]
            assert function in defined, f"{name}::{function}"


def test_the_program_in_the_readme_runs(capsys):
    (program,) = [
        part
        for part in re.findall(r"(?:^ {4}.*\n|^\n)+", read("README.md"), re.M)
        if "import rnntutor" in part
    ]
    short = textwrap.dedent(program).replace("updates=500", "updates=2")
    assert "updates=2" in short
    exec(short, {})
    assert len(capsys.readouterr().out) == 200 + len("\n")


ATTEMPTS = {
    "by name": "socket.create_connection(('pypi.org', 443), 1)",
    "by number": "with socket.socket() as s: s.connect(('192.0.2.1', 443))",
    "by a datagram": (
        "with socket.socket(type=socket.SOCK_DGRAM) as s: s.sendto(b'x', ('192.0.2.1',"
        " 53))"
    ),
}


def in_a_child(program):
    """Run a program in a Python process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_no_process_reaches_another_machine(attempt):
    with pytest.raises(PermissionError, match="no network here"):
        exec(f"import socket\n{attempt}", {})
    assert (
        "PermissionError: no network here"
        in in_a_child(f"import socket\n{attempt}").stderr
    )


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), 5):
            pass
        child = in_a_child(
            f"import socket\nsocket.create_connection(('localhost', {port}), 5)"
        )
    assert child.returncode == 0, child.stderr
