"""The small LSTM, worked by keyboard, against the package."""

import numpy as np
import pytest
from all_instruments import numbers

import rnntutor as rt
from rnntutor.lab import instruments
from rnntutor.lab.five_steps import plant
from rnntutor.lab.instruments.lstm import small_lstm
from rnntutor.lab.instruments.trace import traced

pytestmark = pytest.mark.site
FORWARD = dict(zip("ifgoch", ("it", "ft", "gt", "ot", "ct", "ht"), strict=True))
BACKWARD = {
    "own": "own", "future": "future", "dh": "δ", "do": "do", "dtanh_c": "du", "along": "along",
    "dc": "dct", "di": "dit", "df": "dft", "dg": "dgt", "da_i": "dai", "da_f": "daf", "da_g": "dag",
    "da_o": "dao", "dc_prev": "to c", "dh_prev": "to h",
}  # fmt: skip


class NoMemoryPath(rt.LSTM):
    activate_backward = plant(
        rt.LSTM.activate_backward,
        ("dc = dstate.c + dtanh_c * TANH.df(tanh_c)", "dc = dtanh_c * TANH.df(tanh_c)"),
    )


class SwappedGate(rt.LSTM):
    activate_backward = plant(
        rt.LSTM.activate_backward, ("dtanh_c = dh * o", "dtanh_c = dh * f")
    )


class NoSlope(rt.LSTM):
    activate_backward = plant(
        rt.LSTM.activate_backward,
        ("dc = dstate.c + dtanh_c * TANH.df(tanh_c)", "dc = dstate.c + dtanh_c"),
    )


class WrongStep(rt.LSTM):
    activate_backward = plant(
        rt.LSTM.activate_backward,
        ("i, f, g, o, c_prev, _, tanh_c = cache", "i, f, g, o, _, c_prev, tanh_c = cache"),
    )  # fmt: skip


FAULTS = {
    "noMemory": NoMemoryPath, "swapped": SwappedGate, "slope": NoSlope, "wrongStep": WrongStep,
}  # fmt: skip


def net(text, shift=0.0, cell=None):
    """The model, its parameters with the shifted bias, the inputs and the targets."""
    letters, params, _ = small_lstm()
    params.cell.b_h[6:12] += shift
    V = len(letters)
    ids = np.array([letters.index(letter) for letter in text])
    model = rt.Model(cell or rt.LSTM(), V, 6, V)
    return model, params, rt.one_hot(ids[:-1], V)[:, None], ids[1:, None]


def found(text, shift=0.0):
    """Every quantity by name, with what the page shows besides."""
    steps = traced(*net(text, shift))
    zero = np.zeros(6)
    for t, step in steps.items():
        later = steps.get(t + 1)
        step["along"] = later["dc_prev"] if later else zero
        for k, gate in enumerate("ifgo"):
            step[f"da_{gate}"] = step["da"][6 * k : 6 * k + 6]
        step["dh_prev"] = step["da"] @ net(text)[1].cell.W_hh.T
    return steps


def choose(page, text=None, shift=0.0):
    if text:
        page.locator("[name=text]").fill(text)
    page.locator("[name=shift]").focus()
    for _ in range(round(abs(shift) / 0.5)):
        page.keyboard.press("ArrowRight" if shift > 0 else "ArrowLeft")


@pytest.mark.parametrize(
    ("text", "shift"), [("to be or not to be", 0), ("root beer", 0), ("rob ten", -2.5)]
)
def test_every_quantity_is_that_of_the_package(show, walk, text, shift):
    page = show(instruments.lstm_stepper())
    choose(page, text, shift)
    steps, T = found(text, shift), len(text) - 1
    for t in range(1, T + 1):
        walk(page, 1)
        for name, row in FORWARD.items():
            assert numbers(page, row) == pytest.approx(steps[t][name], abs=5.1e-3)
    for t in range(T, 0, -1):
        walk(page, len(BACKWARD))
        for name, row in BACKWARD.items():
            assert numbers(page, row) == pytest.approx(steps[t][name], abs=5.1e-3)
    exact = page.evaluate(
        "[...document.querySelector('lstm-stepper').net].slice(1).map((s) => [s.c, s.da])"
    )
    for t, (c, da) in enumerate(exact, start=1):
        assert np.allclose(c, steps[t]["c"], rtol=0, atol=1e-12)
        assert np.allclose(da, steps[t]["da"], rtol=0, atol=1e-12)


def test_it_knows_its_line_and_says_what_comes_next(show, walk):
    page = show(instruments.lstm_stepper())
    walk(page, 17)
    said = page.locator("text.outcome.typed:not(.later)").all_text_contents()
    assert "".join(said).replace("␣", " ") == "o be or not to be"
    choose(page, shift=-6)
    walk(page, 17)
    said = page.locator("text.outcome.typed:not(.later)").all_text_contents()
    assert "".join(said).replace("␣", " ") != "o be or not to be"


def test_without_a_fault_the_check_agrees(show, walk):
    page = show(instruments.lstm_stepper("to be"))
    page.locator("[name=at]").focus()
    page.keyboard.press("End")
    assert "all five blocks" in page.locator(".said").inner_text()
    assert page.locator(".check .wrong").count() == 0


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_planted_and_found(show, fault):
    page = show(instruments.lstm_stepper("not to be"))
    page.locator("select").select_option(fault)
    page.locator("[name=at]").focus()
    page.keyboard.press("End")
    assert "3 of 5 blocks wrong" in page.locator(".said").inner_text()
    assert page.locator(".check .wrong").count() == 3
    gradient = page.evaluate(
        "rnntutor.gradient(document.querySelector('lstm-stepper').net)"
    )
    model, *given = net("not to be", cell=FAULTS[fault]())
    faulty = model.loss_and_grad(*given, reduce="sum").grads
    for name, block in {**faulty.cell._asdict(), "W_hy": faulty.W_hy}.items():
        assert np.allclose(gradient[name], block, rtol=0, atol=1e-12), name


@pytest.mark.parametrize("fault", FAULTS)
def test_wrong_rows_are_marked_as_they_are_computed(show, walk, fault):
    page = show(instruments.lstm_stepper("not to be", way="backward"))
    page.locator("select").select_option(fault)
    text = "not to be"
    right, wrong = found(text), traced(*net(text, cell=FAULTS[fault]()))
    marked = "[...document.querySelectorAll('tbody tr:not(.later) th:has(.wrong)')].map((th) => th.innerText.split(' ')[0])"
    seen = {}
    for t in range(8, 5, -1):
        walk(page, len(BACKWARD))
        seen[t] = page.evaluate(marked)
        for name in ("do", "dtanh_c", "dc", "di", "df", "dg"):
            off = not np.allclose(wrong[t][name], right[t][name], rtol=0, atol=1e-9)
            assert any(one.startswith(BACKWARD[name]) for one in seen[t]) == off
    assert seen[7], "nothing is marked"
    page.locator("select").select_option("none")
    assert page.evaluate(marked) == []


def test_a_fault_is_said_where_it_shows(show, walk):
    page = show(instruments.lstm_stepper("not to be", way="backward"))
    page.locator("select").select_option("swapped")
    assert "Wrong" not in walk(page, 4)
    assert "Wrong: without the fault, from" in walk(page, 1)


def test_forward_alone_ends_where_the_text_ends(show, walk):
    page = show(instruments.lstm_stepper(way="forward"))
    assert page.locator("select, [data-jump], [data-unit]").count() == 0
    assert "right after 17 of 17" in walk(page, 99)
    assert page.locator("[name=at]").get_attribute("max") == "17"
    for shift, hits in ((-6, 12), (6, 11)):
        page.locator("[name=shift]").focus()
        page.keyboard.press("Home" if shift < 0 else "End")
        assert f"right after {hits} of 17" in page.locator(".said").inner_text()


def test_backward_alone_starts_where_the_text_was_read(show, walk):
    page = show(instruments.lstm_stepper("not to be", way="backward"))
    assert "It has read “not␣to␣b”" in page.locator(".said").inner_text()
    assert page.locator("text.outcome.typed:not(.later)").count() == 8
    steps = found("not to be")
    for t in (8, 7):
        walk(page, len(BACKWARD))
        for name, row in BACKWARD.items():
            assert numbers(page, row) == pytest.approx(steps[t][name], abs=5.1e-3)
    for _ in range(8):
        page.locator("[data-jump]").press("Enter")
    assert "all five blocks" in page.locator(".said").inner_text()


def test_the_path_of_a_row_is_lit_in_the_unit(show, walk):
    page = show(instruments.lstm_stepper("not to be", way="backward"))
    lit = "[...document.querySelectorAll('.lit')].map((node) => node.dataset.unit)"
    assert page.evaluate(lit) == []
    ways = {}
    for name in BACKWARD:
        walk(page, 1)
        ways[name] = set(page.evaluate(lit))
        assert page.locator(".factor.lit").count() == (name != "dh"), name
    assert ways["df"] == {"c plus", "plus keep", "keep f", "f", "df:"}
    assert ways["dc"] == {"u c", "next_c c", "c", "dc:"}
    assert ways["da_o"] == {"o so", "so ao", "a", "da_o:"}
    assert ways["dc_prev"] == {"c plus", "plus keep", "keep c_prev", "c_prev", "dc_prev:"}  # fmt: skip


def test_the_picture_shows_a_planted_fault(show, walk):
    page = show(instruments.lstm_stepper("not to be", way="backward"))
    lit = "[...document.querySelectorAll('.lit')].map((node) => node.dataset.unit)"
    names = list(BACKWARD)
    walk(page, len(names) + names.index("dc") + 1)
    for fault, ways in (
        ("none", {"u c", "next_c c", "c", "dc:"}),
        ("noMemory", {"u c", "c", "dc:"}),
    ):
        page.locator("select").select_option(fault)
        assert set(page.evaluate(lit)) == ways
    for fault, row, factor in (
        ("slope", "dc", "1"),
        ("swapped", "dtanh_c", "f"),
        ("wrongStep", "df", "ct"),
        ("none", "df", "ct−1"),
    ):
        page.locator("select").select_option(fault)
        page.locator("[name=at]").focus()
        page.keyboard.press("Home")
        walk(page, names.index(row) + 1)
        assert page.locator(".factor.lit").text_content() == factor


def test_backward_its_table_has_the_lengths():
    still = instruments.lstm_stepper("not to be", way="backward").still
    for t, step in traced(*net("not to be")).items():
        for name in ("dh", "do", "dc", "da"):
            assert f"<td>{np.linalg.norm(step[name]):.3f}</td>" in still, (t, name)


def test_every_fault_of_the_list_is_tested(show):
    options = show(instruments.lstm_stepper()).locator("option")
    values = options.evaluate_all("all => all.map((one) => one.value)")
    assert values == ["none", *FAULTS]


def test_next_letter_goes_from_letter_to_letter_and_back(show):
    page = show(instruments.lstm_stepper("to be"))
    stops = []
    for _ in range(10):
        page.locator("[data-jump]").press("Enter")
        stops.append(int(page.locator("[name=at]").input_value()))
    T, rows = 4, len(BACKWARD)
    back = [T + rows * k for k in range(1, T + 1)]
    assert stops == [1, 2, 3, 4, *back, back[-1] + 1, back[-1] + 1]


def test_another_text_is_read_from_its_start_and_so_is_the_way_back(show, walk):
    page = show(instruments.lstm_stepper("not to be", way="backward"))
    place = page.locator("[name=at]")
    page.locator("select").select_option("wrongStep")
    place.focus()
    page.keyboard.press("End")
    assert "The first wrong row was dft at step 8" in page.locator(".said").inner_text()
    assert page.locator("[data-jump]").get_attribute("aria-disabled") == "true"
    page.get_by_role("button", name="To the start").press("Enter")
    assert place.input_value() == "0"
    for change in (lambda: choose(page, "to be"), lambda: choose(page, shift=-1.0)):
        walk(page, 20)
        change()
        assert place.input_value() == "0"


def test_on_a_phone_each_row_has_its_formula_below_it(show, walk):
    page = show(instruments.lstm_stepper("not to be", way="backward"), "phone")
    page.locator("select").select_option("swapped")
    walk(page, 20)
    rows = page.locator(".dense tbody tr")
    assert rows.count() == len(BACKWARD)
    for k in range(rows.count()):
        row = rows.nth(k)
        formula = row.locator(".beside-it")
        assert formula.is_visible()
        below = formula.bounding_box()["y"]
        assert below > row.bounding_box()["y"] + 8
    assert "f" in page.locator(".beside-it .wrong").inner_text()


def test_what_it_does_not_know_it_says(show):
    page = show(instruments.lstm_stepper())
    page.locator("[name=text]").fill("x<b>")
    assert "It knows no “x”, “<”, “>”" in page.locator(".said").inner_text()
    for text in ("", "t", "x"):
        page.locator("[name=text]").fill(text)
        assert (
            "It needs two letters that it knows" in page.locator(".said").inner_text()
        )
        assert not page.locator(".live :is(svg, table)").first.is_visible()
        assert page.locator("[name=at]").get_attribute("max") == "0"
    page.locator("[name=text]").fill("to")
    assert page.locator(".live table").is_visible()


@pytest.mark.parametrize("text", ["t", "to be " * 4, "xx"])
def test_a_text_that_it_cannot_read_is_refused(text):
    with pytest.raises(ValueError, match="text: expected two to twenty of the letters"):
        instruments.lstm_stepper(text)


def test_a_way_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="way: expected one of 'both', 'forward'"):
        instruments.lstm_stepper(way="sideways")
