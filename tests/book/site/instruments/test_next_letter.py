"""A net that writes, by keyboard, against the package's own sampling."""

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.lab import instruments
from rnntutor.lab.instruments.letters import cut_of, writer
from rnntutor.text import temper

pytestmark = pytest.mark.site
GIVEN = [
    {},
    {"prompt": "HAMLET:\n", "temperature": 0.7, "seed": 4},
    {"temperature": 1.6, "cut": "top-k", "k": 3, "seed": 2},
    {"prompt": "To be", "temperature": 1.2, "cut": "nucleus", "p": 0.8, "seed": 5},
    {"temperature": 0.0, "seed": 3},
    {"cut": "nucleus", "p": 1.0},
]
CHANCES = "document.querySelector('next-letter').now"
LAST = 120


@pytest.mark.parametrize("given", GIVEN)
def test_it_writes_what_the_package_writes(show, walk, note, given):
    letters, model, params = writer()
    full = {"prompt": "What th", "temperature": 1.0, "cut": "none", "k": 5, "p": 0.9, "seed": 1} | given  # fmt: skip
    keep = cut_of(full["cut"], full["k"], full["p"])
    ids = writer().encode(full["prompt"])
    wanted = rt.sample(
        model, params, ids, LAST, full["seed"], full["temperature"], keep
    )
    page = show(instruments.next_letter(**given))
    page.locator("[name=at]").focus()
    page.keyboard.press("End")
    found = page.evaluate("document.querySelector('next-letter').written")
    assert found == wanted.tolist()
    xs = rt.one_hot(np.append(ids, wanted), len(letters))[:, None]
    y_raw = model.forward(params, xs).ys_raw[-1, 0]
    tempered = temper(y_raw, full["temperature"])
    kept = keep(tempered) if keep else tempered
    now, worst = page.evaluate(CHANCES), 0
    for name, row in (("y", temper(y_raw, 1)), ("tempered", tempered), ("kept", kept)):
        worst = max(worst, np.abs(np.array(now[name]) - row).max())
    assert worst < 1e-12
    note(f"next letter {given}: probabilities off by {worst:.1e} at most")


def test_a_prompt_is_typed_and_its_end_of_line_is_the_enter_key(show):
    page = show(instruments.next_letter())
    prompt = page.locator("[name=prompt]")
    prompt.fill("")
    prompt.press_sequentially("ROMEO:")
    prompt.press("Enter")
    wanted = temper(writer().scores("ROMEO:\n"), 1)
    assert np.allclose(page.evaluate(CHANCES)["y"], wanted, rtol=0, atol=1e-12)
    prompt.fill("What€")
    assert "The plays have no “€”: left out" in page.locator(".said").inner_text()
    prompt.fill("")
    assert len(page.locator(".said").inner_text()) > 20


def test_the_slider_of_a_cut_chooses_it(show):
    page = show(instruments.next_letter(cut="none"))
    page.locator("[name=k]").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("[name=cut]").input_value() == "top-k"
    assert page.locator(".unused").inner_text().strip().startswith("p")
    assert "Top-k with k = 4 keeps 4 of 65" in page.locator(".said").inner_text()
    assert page.locator("tr.cut").count() == 6  # five letters, and the others
    page.locator("[name=p]").focus()
    page.keyboard.press("Home")
    assert page.locator("[name=cut]").input_value() == "nucleus"
    assert "keeps 1 of 65" in page.locator(".said").inner_text()


def test_forty_letters_at_once_and_back(show):
    page = show(instruments.next_letter())
    page.get_by_role("button", name="Write 40 letters").press("Enter")
    first = page.locator(".so-far").inner_text()
    page.get_by_role("button", name="Letter back").press("Enter")
    page.get_by_role("button", name="Next letter").press("Enter")
    assert page.locator(".so-far").inner_text() == first
    assert "Letter 40" in page.locator(".said").inner_text()


def test_without_a_cut_to_choose_there_is_no_control_of_one(show):
    page = show(instruments.next_letter())
    assert page.locator("[name=cut], [name=k], [name=p]").count() == 0
    assert "All 65 may come next" in page.locator(".said").inner_text()


@pytest.mark.parametrize("width", ["wide", "phone"])
def test_a_button_stays_where_it_is_while_the_text_grows(show, width):
    page = show(instruments.next_letter("HAMLET:\n", cut="none"), width)
    found = set()
    for _ in range(4):
        boxes = page.locator("button").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().top + scrollY)"
        )
        found.add(tuple(boxes))
        page.get_by_role("button", name="Write 40 letters").press("Enter")
    assert len(found) == 1
    assert "the last of 120" in page.locator(".said").inner_text()


def test_the_draw_lies_where_it_is_said_to_lie(show, walk):
    page = show(instruments.next_letter(temperature=1.3, cut="nucleus", seed=2))
    walk(page, 20)
    us, laid = (
        page.evaluate(f"document.querySelector('next-letter').{name}")
        for name in ("us", "laid")
    )
    assert all(low <= u < high for u, (low, high) in zip(us, laid, strict=True))


@pytest.mark.parametrize("cut", ["none", "top-k"])
def test_at_temperature_0_the_table_goes_by_what_the_net_says(show, cut):
    page = show(instruments.next_letter(temperature=0.0, cut=cut))
    assert "only the likeliest is left" in page.locator(".said").inner_text()
    rows = page.locator(".live tbody tr").evaluate_all(
        "all => all.map((row) => [...row.cells].slice(1).map((cell) => cell.textContent))"
    )
    said = [float(row[0].replace("<", "")) for row in rows[:-1]]
    assert said == sorted(said, reverse=True) and len(said) == 9
    assert [row[1:] for row in rows] == [["1.00", "1.00"], *[["0.00", "0.00"]] * 9]


def test_the_still_is_the_live_table(show):
    page = show(instruments.next_letter(temperature=0.8, cut="top-k", k=2))
    still, live = (
        page.locator(f"{part} td").all_text_contents() for part in (".still", ".live")
    )
    assert still == live and len(still) == 31


def test_the_bytes_cost_the_net_next_to_nothing():
    from rnntutor.lab.records import arrays

    exact = arrays("language-characters-lstm")
    letters, model, params = writer()
    of_record = rt.model.ModelParams(
        rt.LSTM.Params(*(exact[f"cell.{k}"].astype(float) for k in ("W_xh", "W_hh", "b_h"))),
        exact["W_hy"].astype(float),
        exact["b_y"].astype(float),
    )  # fmt: skip
    ids = rt.Vocabulary(letters).encode(rt.shakespeare().test[:20_001])
    xs = rt.one_hot(ids[:-1].reshape(20, 1000).T, 65)
    losses = [
        model.loss(p, xs, ids[1:].reshape(20, 1000).T) for p in (of_record, params)
    ]
    assert abs(losses[1] - losses[0]) < 2e-3


@pytest.mark.parametrize(
    "given", [{"prompt": ""}, {"prompt": "€"}, {"k": 21}, {"cut": "x"}, {"seed": 6}]
)
def test_what_there_is_not_is_refused(given):
    with pytest.raises(ValueError, match="expected"):
        instruments.next_letter(**given)
