"""One of each instrument."""

from rnntutor.lab import instruments

ALL = {
    "leaky sum": lambda: instruments.leaky_sum(),
    "leaky sum, three steps": lambda: instruments.leaky_sum(xs=(2, 1, 1)),
}


def numbers(page, row):
    """The numbers of a table's row that begins with these words, as one sees it."""
    return page.evaluate(
        """(words) => [...document.querySelectorAll(".live tbody tr")]
        .filter((row) => row.cells[0].textContent.startsWith(words) && row.checkVisibility())
        .map((row) => [...row.cells].slice(1).map((cell) => Number(cell.textContent.replace("−", "-"))))[0]""",
        row,
    )
