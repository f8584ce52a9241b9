"""Read the book's sources as the tests need them: notebooks as JSON, pages as text.
Nothing is run here.
"""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHAPTERS = [path for path in NOTEBOOKS if re.match(r"\d\d_", path.name)]


def load(path):
    """The notebook at `path`, as a dictionary."""
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell):
    """A cell's text."""
    return "".join(cell["source"])


def tags(cell):
    """A cell's tags."""
    return cell["metadata"].get("tags", [])


def code_cells(notebook):
    """The cells of a notebook that are run: code cells that are not empty."""
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and source(cell).strip()
    ]


def prose():
    """(name, text) of each page of the book, and of each notebook's Markdown cells
    taken together.
    """
    for path in sorted((ROOT / "book").rglob("*.md")):
        yield path.name, path.read_text(encoding="utf-8")
    for path in NOTEBOOKS:
        cells = load(path)["cells"]
        yield (
            path.name,
            "\n\n".join(
                source(cell) for cell in cells if cell["cell_type"] == "markdown"
            ),
        )
