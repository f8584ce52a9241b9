"""The search finds the page that a reader means, and leads to its sections."""

from urllib.parse import quote, urlsplit

import pytest
from site_pages import HTML, anchors, target

pytestmark = pytest.mark.site
# What a reader may type, and the page that answers it best.
QUERIES = {
    "vanishing gradient": "07",
    "forget gate": "08",
    "BPTT": "04",
    "backpropagation through time": "04",
    "gradient clipping": "06",
    "perplexity": "03",
    "temperature sampling": "06",
    "softmax derivative": "04",
    "LSTM vs GRU": "09",
    "learning rate": "06",
    "character-level language model": "11",
    "errata": "a2",
    "peephole": "09",
}
MISTYPED = {"perplexty": "03", "vanishing gradeint": "07", "backpropagaton": "04"}


@pytest.fixture(scope="module")
def found(browser, address):
    """The links that the page of the search shows for some words, in order."""
    page = browser.new_page()

    def search(words):
        page.goto(f"{address}search.html?q={quote(words)}")
        page.wait_for_selector("#search-results [role=status]")
        links = page.locator("#search-results li a").evaluate_all(
            "links => links.map((link) => link.href)"
        )
        return [link.removeprefix(address) for link in links]

    yield search
    page.context.close()


def first_page(links):
    return links[0].rsplit("/", 1)[-1] if links else "nothing"


def test_the_right_page_is_first(found):
    first = {words: first_page(found(words)) for words in QUERIES}
    wrong = {w: page for w, page in first.items() if not page.startswith(QUERIES[w])}
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("words", MISTYPED)
def test_typing_errors_are_forgiven(found, words):
    assert first_page(found(words)).startswith(MISTYPED[words])


@pytest.mark.parametrize("words", ["forget gate", "how to cite", "Kneser-Ney"])
def test_it_leads_to_sections(found, words):
    sections = [link for link in found(words) if "#" in link]
    assert sections
    for link in sections:
        path, fragment = target("", link)
        assert fragment in anchors(path), link


def test_what_is_nowhere_is_said_to_be_nowhere(browser, address):
    page = browser.new_page()
    page.goto(f"{address}search.html?q=%3Czzzqqqxxx%3E")
    said = page.wait_for_selector("#search-results [role=status]").inner_text()
    assert said == "No pages found for “<zzzqqqxxx>”."
    page.context.close()


def test_a_page_opened_from_a_folder_can_be_searched(browser):
    page = browser.new_page()
    page.goto(f"{(HTML / 'search.html').as_uri()}?q=peephole")
    link = page.wait_for_selector("#search-results ul.search li a")
    assert urlsplit(link.get_attribute("href")).path.startswith("notebooks/")
    page.context.close()
