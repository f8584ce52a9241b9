"""An origin that moves, against the package's forecasts and scores."""

import numpy as np
import pytest
from all_instruments import numbers

from rnntutor.lab import forecasting as fc
from rnntutor.lab import instruments
from rnntutor.lab.instruments.origin import FIRST, WAYS

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def road():
    return fc.Task("traffic")


@pytest.mark.parametrize("K", [1, 24])
def test_every_score_and_every_mean_is_the_packages(show, road, K):
    made = instruments.rolling_origin()
    page = show(made)
    found = page.evaluate("([given, K]) => rnntutor.rolled(given, K)", [made.given, K])
    n = road.series.before(FIRST)
    for (name, back), way in zip(WAYS.items(), found.values(), strict=True):
        scores = []
        for origin in range(n, n + 313):
            ahead = fc.seasonal_naive(road.series.values, [origin], K, back)
            scores.append(road.score(ahead, np.array([origin])))
        means = np.cumsum(scores) / np.arange(1, 314)
        assert way["scores"] == pytest.approx(scores, rel=1e-8), name
        assert way["means"] == pytest.approx(means, rel=1e-8), name


def test_nothing_of_it_lies_in_the_last_part(road):
    last = road.series.before(FIRST) + 700 + 24
    assert road.ends["train"] < road.series.before(FIRST) - 168
    assert last <= road.ends["valid"]


def test_it_says_who_is_best_and_who_leads(show, walk):
    page = show(instruments.rolling_origin())
    assert "7:00. Best over the next 24 hours: yesterday, 0.33" in walk(page, 0)
    page.get_by_role("button", name="A day on").click()
    assert page.locator("[name=at]").input_value() == "24"
    assert page.locator(".said").inner_text().startswith("Thursday, 24 May, 7:00")
    page.locator("[name=at]").fill("113")
    said = page.locator(".said").inner_text()
    assert "Monday, 28 May (Memorial Day), 0:00" in said and "114 origins" in said
    assert "yesterday, 1.23, then last value" in said and "last week, 1.28" in said


def test_the_end_is_the_still(show):
    page = show(instruments.rolling_origin())
    still = page.locator(".still td").all_text_contents()
    for way, k in (("1", 0), ("24", 1)):
        page.locator("[name=ahead]").select_option(way)
        page.locator("[name=at]").press("End")
        for row, name in enumerate(WAYS):
            mean = numbers(page, name)[1]
            assert f"{mean:.2f}" == still[1 + 2 * row + k]


def test_one_way_alone_is_drawn(show):
    page = show(instruments.rolling_origin(40, ahead=1))
    page.locator("[name=at]").press("End")
    assert page.locator("path.line").count() == 9
    page.locator("[name=way]").select_option("naive")
    assert page.locator("path.line").count() == 3
    assert page.locator("path.line.naive").count() == 3
    assert page.locator("path.line").first.get_attribute("d").count("L") == 39
