"""One look, its query moved by pointer and keys, against the package's attention."""

import numpy as np
import pytest
from all_instruments import numbers

from rnntutor.lab import instruments
from rnntutor.lab.instruments.lookup import KEYS, VALUES, looked

pytestmark = pytest.mark.site
ALL = [True] * 5


@pytest.mark.parametrize("there", [ALL, [True, False, True, True, False]])
def test_weights_and_mean_are_the_packages(show, there):
    page = show(instruments.look_up())
    draw = np.random.default_rng(0)
    for tau in (0.1, 1, 2.7):
        q = draw.uniform(-2, 2, 2)
        given = {"q": q.tolist(), "keys": KEYS, "values": VALUES, "there": there}
        found = page.evaluate("given => rnntutor.look(given)", {**given, "tau": tau})
        weights, mean = looked(q, KEYS, VALUES, there, tau)
        assert found["weights"] == pytest.approx(weights, rel=1e-12, abs=1e-300)
        assert found["mean"] == pytest.approx(mean, rel=1e-12)


def test_the_still_is_the_live_table(show):
    page = show(instruments.look_up(there=(1, 0, 1, 1, 0)))
    still = page.locator(".still tbody tr").first.locator("td").all_text_contents()
    assert numbers(page, "weight") == [float(text) for text in still]
    assert still[1] == still[4] == "0.00"


def test_the_query_moves_by_arrow_keys_and_by_slider(show):
    page = show(instruments.look_up())
    page.locator(".grip").focus()
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowLeft", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    q = [float(page.locator(f"[name=q{d}]").input_value()) for d in (1, 2)]
    assert q == [0.5, 0.55]
    page.locator("[name=q2]").press("ArrowRight")
    wanted = looked([0.5, 0.6], KEYS, VALUES)[0]
    assert numbers(page, "weight") == pytest.approx(wanted, abs=0.0051)
    page.locator(".grip").focus()
    for _ in range(20):
        page.keyboard.press("Shift+ArrowRight")
    assert page.locator("[name=q1]").input_value() == "2"


@pytest.mark.parametrize("width", ["wide", "phone"])
def test_the_query_is_dragged_to_where_the_pointer_is(show, width):
    page = show(instruments.look_up(), width)
    mouse, plane = page.mouse, page.locator(".plane svg > rect").bounding_box()
    at = page.locator(".grip").bounding_box()
    mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    mouse.down()
    mouse.move(
        plane["x"] + plane["width"] * 0.25, plane["y"] + plane["height"] * 0.75, steps=4
    )
    mouse.up()
    mouse.move(plane["x"] + 5, plane["y"] + 5)
    q = [float(page.locator(f"[name=q{d}]").input_value()) for d in (1, 2)]
    assert q == pytest.approx([-1, -1], abs=0.051)
    assert "place 4" in page.locator(".said").inner_text()


def test_a_hidden_place_has_no_weight_and_the_last_one_stays(show):
    page = show(instruments.look_up())
    boxes = page.locator("[name=there]")
    boxes.first.press("Space")
    wanted = looked([0.7, 0.6], KEYS, VALUES, [False, *ALL[1:]])[0]
    assert numbers(page, "weight") == pytest.approx(wanted, abs=0.0051)
    assert "place 2" in page.locator(".said").inner_text()
    for k in (1, 2, 3):
        boxes.nth(k).press("Space")
    assert numbers(page, "weight") == [0, 0, 0, 0, 1]
    boxes.nth(4).press("Space")
    assert boxes.nth(4).is_checked()
    assert "One place has to stay" in page.locator(".said").inner_text()
    page.locator("[name=q1]").press("ArrowRight")
    assert "place 5" in page.locator(".said").inner_text()


def test_place_2_never_gets_the_most_while_all_are_there():
    rim = np.exp(1j * np.linspace(0, 2 * np.pi, 400))
    for q in np.c_[rim.real, rim.imag] * 2:
        assert looked(q, KEYS, VALUES)[0].argmax() != 1
    assert looked(KEYS[1], KEYS, VALUES)[0].argmax() == 0
    assert looked((0.7, 0.6), KEYS, VALUES, [False, *ALL[1:]])[0].argmax() == 1
