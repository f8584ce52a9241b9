"""Equations by name: a label in the book, the line of code that is the equation, the
test that shows it.

In the book a label follows the equation, `$$ … $$ (eq-name)`. In the code it is a
comment at the end of the line, `# eq-name`; in the tests the marker
`equation("eq-name")`. Files are read as text; nothing is imported.
"""

import ast
import io
import re
import tokenize
from collections import Counter

import pytest
from reading import CHAPTERS, ROOT, load, prose, source

LABEL = re.compile(r"\beq-[a-z0-9]+(?:-[a-z0-9]+)*\b")
PACKAGE = sorted((ROOT / "rnntutor").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def defined(text):
    """The labels of the equations in a Markdown text."""
    at_end = re.findall(r"^\$\$\s*\((eq-[\w-]+)\)", text, re.MULTILINE)
    one_line = re.findall(r"^\$\$.+\$\$\s*\((eq-[\w-]+)\)", text, re.MULTILINE)
    option = re.findall(r"^:label:\s*(eq-[\w-]+)", text, re.MULTILINE)
    return at_end + one_line + option


def cited_by_lines(path):
    """The labels in comments that stand behind code."""
    text = path.read_text(encoding="utf-8")
    labels = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip():
            labels += LABEL.findall(token.string)
    return labels


def marked(path):
    """The arguments of every `pytest.mark.equation(...)`."""
    labels = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", None) == "equation"
        ):
            for label in node.args:
                assert isinstance(label, ast.Constant), (
                    f"{path.name}: write out {ast.unparse(node)}"
                )
                labels.append(label.value)
    return labels


IN_BOOK = Counter(label for _, text in prose() for label in defined(text))
IN_CODE = {label for path in PACKAGE for label in cited_by_lines(path)}
IN_TESTS = {label for path in TESTS for label in marked(path)}
# Equations that the text needs and the package does not, each with the reason.
ASIDES = {
    "eq-forward-difference": (
        "shown to be worse than the central difference, which the package has"
    )
}
# Chapter 1 has nothing to compute yet; from chapter 2 on, any other equation that has a
# name is a promise.
CORE = sorted(
    label
    for path in CHAPTERS
    if path.name >= "02"
    for cell in load(path)["cells"]
    if cell["cell_type"] == "markdown"
    for label in defined(source(cell))
    if label not in ASIDES
)


def test_no_two_equations_share_a_label():
    assert [label for label, times in IN_BOOK.items() if times > 1] == []


@pytest.mark.parametrize(
    "path", PACKAGE, ids=lambda path: str(path.relative_to(ROOT).as_posix())
)
def test_what_the_package_cites_is_in_the_book(path):
    # Docstrings and comments on lines of their own count here, too.
    assert set(LABEL.findall(path.read_text(encoding="utf-8"))) - set(IN_BOOK) == set()


def test_what_the_tests_cite_is_in_the_book():
    assert IN_TESTS - set(IN_BOOK) == set()


def test_what_the_pages_cite_is_in_the_book():
    cited = {
        label
        for _, text in prose()
        for label in re.findall(r"\{eq\}`(?:[^`<]*<)?([\w-]+)>?`", text)
    }
    assert cited - set(IN_BOOK) == set()


@pytest.mark.parametrize("label", ASIDES)
def test_an_aside_is_one(label):
    assert label in IN_BOOK and label not in IN_CODE


@pytest.mark.parametrize("label", CORE)
def test_an_equation_has_its_line_of_code(label):
    assert label in IN_CODE, f"no line of rnntutor ends in `# {label}`"


@pytest.mark.parametrize("label", CORE)
def test_an_equation_has_its_test(label):
    assert label in IN_TESTS, f'no test is marked pytest.mark.equation("{label}")'
