"""The unrolled net of chapter 4, worked by keyboard, against the package."""

import numpy as np
import pytest
from all_instruments import chapter_4, numbers

import rnntutor as rt
from rnntutor.lab import instruments
from rnntutor.lab.five_steps import five_steps, plant
from rnntutor.lab.instruments.trace import rounded, traced

pytestmark = pytest.mark.site
PARTS = ("dy_raw", "own", "future", "dh", "da", "dW_hh")
ROWS = {"own": "own", "future": "+ future’s share", "dh": "= δ", "da": "through f"}


@pytest.fixture
def page(show):
    return show(instruments.rnn_stepper(*chapter_4()))


def test_every_adjoint_is_that_of_the_package(page, walk):
    params, xs, targets = chapter_4()
    steps = traced(rt.Model(rt.RNN("sigmoid"), 3, 5, 2), params, xs, targets)
    for t in (4, 3, 2, 1):
        walk(page, len(PARTS))
        assert f"At t = {t}" in page.locator("caption:visible").inner_text()
        for name, words in ROWS.items():
            assert numbers(page, words) == pytest.approx(steps[t][name], abs=6e-4)
    assert "nothing to blame" in page.locator(".said").inner_text()


def test_what_comes_later_is_not_shown(page, walk):
    walk(page, 9)  # t = 3, the future's share
    seen = page.locator("table:visible tbody tr:not(.later)")
    words = [row.split("\t")[0].strip() for row in seen.all_inner_texts()]
    assert len(words) == 4 and words[-1] == "+ future’s share"


def test_a_step_says_which_equation_it_is(page, walk):
    here = page.locator(".equations .here")
    assert page.locator(".equations li").count() == 4 and here.count() == 0
    for step, term in [
        (1, "dytraw = yt − ȳt"),
        (3, "dytraw Why\u22a4"),
        (3, "dat+1 Whh\u22a4"),
        (3, "δt = "),
        (4, "dat = δt ⊙ ht ⊙ (1 − ht)"),
        (5, "dWhh += ht−1\u22a4 dat"),
    ]:
        assert f"At t = 4, step {step}. " in walk(page, 1)
        words = here.text_content().strip()
        assert words.startswith(f"step {step}") and term in words
        marked = here.locator(".term").all_text_contents()
        assert marked == ([term] if step == 3 and "=" not in term else [])


@pytest.mark.parametrize(
    ("fault", "step", "words", "row"),
    [
        ("noFuture", 4, "(dytraw Why\u22a4) ⊙ ht", 12),
        ("untransposed", 3, "dat+1 Whh ", 9),
    ],
)
def test_a_planted_fault_stands_among_the_equations(page, fault, step, words, row):
    page.locator("select").select_option(fault)
    planted = page.locator(".equations li", has=page.locator(".wrong"))
    text = planted.text_content()
    assert text.startswith(f"step {step}") and words in text
    below = page.locator("[data-part=planted]")
    assert "Walk to the end" in below.inner_text()
    page.locator("[name=at]").press("End")
    assert f"this fault is row {row}." in below.inner_text()


@pytest.mark.parametrize(
    ("fault", "steps", "words"),
    [
        ("labels", 7, "Planted: dy3raw = y3 − 1, so it is (−0.820, −0.180)."),
        ("exponential", 7, "Planted: dy3raw = exp(y3raw) − 1, in every component, so"),
        (
            "index",
            9,
            "planted: δ3 = dy3raw Why\u22a4 + (δ4 ⊙ h3 ⊙ (1 − h3)) Whh\u22a4.",
        ),
        ("noFuture", 9, "The planted step 4 will not use it."),
        ("product", 5, "There is no h5: it counts as 0, and so this is 0."),
        ("noSum", 6, "of size 0.510. Planted: = in place of +=, so at t = 3"),
        ("noSum", 24, "Only t = 1 is left, and there h0 = 0."),
    ],
)
def test_a_planted_step_says_what_it_computes(page, walk, fault, steps, words):
    page.locator("select").select_option(fault)
    assert words in walk(page, steps)


@pytest.mark.parametrize(
    ("fault", "unused", "dashed", "over"),
    [("none", 0, 0, 0), ("noFuture", 3, 0, 0), ("index", 0, 3, 0), ("noSum", 0, 0, 3)],
)
def test_the_picture_shows_what_a_fault_cuts(page, walk, fault, unused, dashed, over):
    page.locator("select").select_option(fault)
    walk(page, 24)
    counts = [
        page.locator(f"svg {kind}").count()
        for kind in (".arrow.unused", ".arrow.dashed", "text.missed")
    ]
    assert counts == [unused, dashed, over]


def test_another_step_can_be_looked_at(page, walk):
    walk(page, 13)
    caption = page.locator("caption:visible")
    page.get_by_role("button", name="t = 4").press("Enter")
    assert "At t = 4" in caption.inner_text()
    page.locator("rect.column").nth(2).click()
    assert "At t = 3" in caption.inner_text()
    assert page.locator("[aria-pressed=true]").inner_text() == "t = 3"
    walk(page, 1)
    assert "At t = 2" in caption.inner_text()


def test_walking_moves_nothing_below(page):
    page.locator("select").select_option("index")
    walk = page.locator("[name=at]")
    places = set()
    for _ in range(26):
        boxes = [
            page.locator(part).first.bounding_box()
            for part in (".walk", ".equations", "table:visible")
        ]
        places.add(tuple(round(box["y"]) for box in boxes))
        walk.press("ArrowRight")
    assert len(places) == 1


def test_the_check_agrees(page, walk):
    assert "all five blocks" in walk(page, 25)
    assert page.locator(".said .wrong").count() == 0


STEP_3 = "delta = dy_raw @ W_hy.T + (delta_next * slope_next) @ W_hh.T"
STEP_4 = "da = delta * h * (1 - h)"
STEP_1 = "dy_raw = -y_bar + np.exp(y_raw) / A"
SLOPE = "slope_next = h_next * (1 - h_next)"
# Each fault as the errata plant it, and how many of the five blocks the check finds.
PLANTED = {
    "noFuture": (3, (STEP_4, "da = (dy_raw @ W_hy.T) * h * (1 - h)")),
    "twoSteps": (3, ("delta_next, h_next = delta, h", "delta_next, h_next = dy_raw @ W_hy.T, h")),
    "sign": (3, (SLOPE, "slope_next = h_next * (h_next - 1)")),
    "index": (3, (SLOPE, "slope_next = h * (1 - h)")),
    "untransposed": (3, (STEP_3, STEP_3.removesuffix(".T"))),
    "product": (3, (STEP_4, "da = delta * h * h_next")),
    "labels": (5, (STEP_1, "dy_raw = -1 + np.exp(y_raw) / A")),
    "exponential": (5, (STEP_1, "dy_raw = -1 + np.exp(y_raw)")),
    "noSum": (3, ("dW_xh += x.T @ da", "dW_xh = x.T @ da"), ("dW_hh += h_prev.T @ da", "dW_hh = h_prev.T @ da"),
              ("db_h += da.sum(axis=0)", "db_h = da.sum(axis=0)")),
}  # fmt: skip


def plain(grads):
    return {**grads.cell._asdict(), "W_hy": grads.W_hy, "b_y": grads.b_y}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_is_that_of_the_errata_and_the_check_finds_it(page, walk, fault):
    count, *changes = PLANTED[fault]
    page.locator("select").select_option(fault)
    assert f"{count} of 5 blocks wrong" in walk(page, 25)
    blocks = page.locator(".said .block").all_inner_texts()
    assert ["✗" in block for block in blocks] == [True] * 3 + [count == 5] * 2
    gradient = page.evaluate(
        "rnntutor.gradient(document.querySelector('rnn-stepper').net)"
    )
    params, xs, targets = chapter_4()
    faulty = plant(five_steps, *changes)(rounded(params), rounded(xs), targets)
    for name, block in plain(faulty).items():
        assert np.allclose(gradient[name], block, rtol=0, atol=1e-12), name


def test_every_fault_of_the_list_is_tested(page):
    values = page.locator("option").evaluate_all("all => all.map((one) => one.value)")
    assert values == ["none", *PLANTED]


def test_its_oracle_knows_the_gradient(page):
    nudged = page.evaluate("document.querySelector('rnn-stepper').right")
    params, xs, targets = chapter_4()
    truth = five_steps(rounded(params), rounded(xs), targets)
    for name, block in plain(truth).items():
        assert np.allclose(nudged[name], block, rtol=0, atol=1e-9), name
