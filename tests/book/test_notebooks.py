"""Hygiene of the notebooks as files. That their outputs are true is for nbval to show
(`make test`).
"""

import re

import pytest
import yaml
from reading import NOTEBOOKS, ROOT, code_cells, load, source, tags

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

MACHINE_PATH = re.compile(
    r"/(?:home|root|Users|tmp|work|mnt|usr|opt)/|\b[A-Za-z]:\\\\?\w", re.ASCII
)
# Objects whose text differs between versions or runs: NumPy's scalars, arrays, what
# shows its address.
UNSTABLE = re.compile(r"\bnp\.\w+\(|\barray\(| at 0x[0-9a-f]+")


def test_every_cell_was_run_in_order(path):
    counts = [cell["execution_count"] for cell in code_cells(load(path))]
    assert counts == list(range(1, len(counts) + 1))


def test_outputs_are_clean(path):
    for cell in code_cells(load(path)):
        for out in cell["outputs"]:
            assert out["output_type"] != "error", source(cell)
            assert out.get("name") != "stderr", source(cell)
            shown = "".join(out.get("data", {}).get("text/plain", ""))
            if out["output_type"] == "execute_result":
                assert not UNSTABLE.search(shown), f"print it instead: {shown}"


def test_nothing_is_left_out_of_the_comparison(path):
    for cell in load(path)["cells"]:
        assert not re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE_)", source(cell)), source(
            cell
        )
        assert not [
            tag for tag in tags(cell) if "nbval" in tag or tag == "raises-exception"
        ], source(cell)


def test_no_path_of_a_machine(path):
    notebook = load(path)
    texts = [source(cell) for cell in notebook["cells"]]
    for cell in code_cells(notebook):
        for out in cell["outputs"]:
            texts.append("".join(out.get("text", "")))
            texts += [
                "".join(data)
                for kind, data in out.get("data", {}).items()
                if kind.startswith("text/")
            ]
    for text in texts:
        assert not MACHINE_PATH.search(text), text


def test_size(path):
    assert path.stat().st_size <= 300_000


def test_metadata_says_nothing_of_the_machine(path):
    notebook = load(path)
    assert notebook["metadata"] == {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags", "mystnb"}, source(cell)


def test_cell_ids_are_there_once(path):
    ids = [cell["id"] for cell in load(path)["cells"]]
    assert len(ids) == len(set(ids))


def test_code_cells_are_short_and_end_plainly(path):
    for cell in code_cells(load(path)):
        text = source(cell).rstrip()
        assert len(text.splitlines()) <= 25, text
        assert not text.endswith(";"), f"end a plotting cell with plt.show(): {text}"


def test_imports_come_first(path):
    install, first = code_cells(load(path))[:2]
    assert tags(install) == ["install", "remove-cell"]
    assert "%pip install" in source(install) and "find_spec" in source(install)
    assert "setup" in tags(first), "tag the second code cell `setup`"
    assert "import" in source(first)


def test_every_image_says_in_words_what_it_shows(path):
    for cell in code_cells(load(path)):
        if any(
            kind.startswith("image/")
            for out in cell["outputs"]
            for kind in out.get("data", {})
        ):
            alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt) >= 20, f"no alt text: {source(cell)}"


def test_it_is_a_page_of_the_book(path):
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = [page["file"] for part in toc["parts"] for page in part["chapters"]]
    assert f"notebooks/{path.stem}" in pages
