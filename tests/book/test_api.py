"""The quick reference: it names what `rnntutor` exports, and its examples run."""

import doctest
import re

from reading import ROOT

import rnntutor

PAGE = (ROOT / "book" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```pycon\n(.*?)```", PAGE, re.DOTALL)


def test_every_name_of_the_package_is_on_the_page_once():
    named = re.findall(r"^\{py:\w+\}`(\w+) <", PAGE, re.MULTILINE)
    assert sorted(named) == sorted(rnntutor.__all__)


def test_examples_are_short():
    for example in EXAMPLES:
        assert len(re.findall(r"^ *(?:>>>|\.\.\.)", example, re.MULTILINE)) <= 3, (
            example
        )


def test_the_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session = doctest.DocTestParser().get_doctest(
        "\n".join(EXAMPLES), {}, "book/api.md", "book/api.md", 0
    )
    assert len(session.examples) >= len(rnntutor.__all__)
    said = []
    flags = doctest.IGNORE_EXCEPTION_DETAIL
    doctest.DocTestRunner(optionflags=flags).run(session, out=said.append)
    assert not said, "".join(said)
