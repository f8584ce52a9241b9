"""One-line faults planted in the computations of the core: every one is caught that is not equivalent.

Faults are planted in the forward and backward code of the modules below, one at a time, in copies that nobody
else imports. What does not compute is left alone: argument checks, texts of errors, docstrings, annotations.
The judges are the checks of the other test files in small; each says which. A fault that no judge notices has
to stand in `EQUIVALENT` with the reason why it is no fault.
"""

from collections import Counter

import pytest
from mutation.equivalent import EQUIVALENT
from mutation.isolated import World
from mutation.judges import judge
from mutation.judges.cells import golden_states
from mutation.mutants import mutants

FILES = [
    *(
        "activations",
        "affine",
        "rnn",
        "lstm",
        "gru",
        "unroll",
        "loss",
        "readout",
        "model",
    ),
    *(
        "nets.layer",
        "nets.stacked",
        "nets.bidirectional",
        "nets.embedded",
        "nets.scatter",
        "nets.shortcut",
    ),
    *(
        "memory",
        "threads",
        "fast.plain.columns",
        "fast.plain.drawing",
        "fast.plain.lstm",
        "fast.plain.rnn",
    ),
    *("fast.schedule", "fast.passed", "fast.net"),
]
# The classes of faults that have to be among them, by operator.
CLASSES = {
    "sign", "transpose", "index", "dropped term or factor", "order", "name", "constant", "condition",
    "swapped gate",
}  # fmt: skip

FOUND = {}  # by file, of those gone through in this process: each fault's operator, and how it was caught


@pytest.fixture(scope="module")
def world():
    return World([f"rnntutor.{file}" for file in FILES])


def planted(world, file):
    return mutants(world.sources[f"rnntutor.{file}"], file)


def try_out(world, file, **options):
    """To each fault of a file, what the judges say."""
    for mutant in planted(world, file):
        yield mutant, judge(world.with_code(f"rnntutor.{file}", mutant.code), **options)


def test_the_judges_are_content_with_the_package(world):
    verdict = judge(world)
    assert verdict is None, verdict


@pytest.mark.parametrize("file", FILES)
def test_every_fault_is_caught_or_equivalent(file, world):
    verdicts = list(try_out(world, file))
    FOUND[file] = [(mutant.operator, verdict) for mutant, verdict in verdicts]
    listed = {
        name
        for names in EQUIVALENT.values()
        for name in names
        if name.startswith(f"{file}, ")
    }
    survived = {
        mutant.name: mutant.line for mutant, verdict in verdicts if verdict is None
    }
    caught = {mutant.name: verdict for mutant, verdict in verdicts if verdict}
    missed = [
        f"line {line}: {name}" for name, line in survived.items() if name not in listed
    ]
    assert not missed, "\n".join(["no judge noticed:", *missed])
    noticed = [f"{name}, by {caught[name]}" for name in listed & caught.keys()]
    assert not noticed, "\n".join(["said to be equivalent, but was caught:", *noticed])
    gone = listed - survived.keys()
    assert not gone, "\n".join(
        ["said to be equivalent, but not planted any more:", *gone]
    )


def test_how_many(note, world):
    found = {
        file: FOUND.get(file) or [(m.operator, None) for m in planted(world, file)]
        for file in FILES
    }
    faults = [fault for file in FILES for fault in found[file]]
    assert len(faults) >= 300
    assert CLASSES <= {operator for operator, _ in faults}
    if FOUND.keys() == set(FILES):
        caught = Counter(
            verdict[1] is AssertionError for _, verdict in faults if verdict
        )
        note(
            f"mutation: {len(faults)} one-line faults, {caught.total()} caught ({caught[True]} by a wrong "
            f"result, {caught[False]} by an error), {len(faults) - caught.total()} equivalent"
        )


def test_a_judge_who_sees_less_lets_faults_pass(world):
    """If the forward pass alone is judged, no fault of the way back is noticed, and others are."""
    verdicts = list(try_out(world, "rnn", judges=[golden_states]))
    back = [
        verdict
        for mutant, verdict in verdicts
        if mutant.where == "RNN.activate_backward"
    ]
    assert back and not any(back)
    assert any(
        verdict for mutant, verdict in verdicts if mutant.where == "RNN.activate"
    )


def test_faults_stay_in_their_world(world):
    """A fault is seen neither by the package nor by the next world."""
    from rnntutor.cells import rnn

    before = dict(vars(rnn))
    for mutant, _ in try_out(world, "rnn", judges=[golden_states]):
        other = world.with_code("rnntutor.cells.rnn", mutant.code)
        assert (
            other["rnntutor.cells.rnn"] is not rnn
            and world["rnntutor.cells.rnn"] is not rnn
        )
    assert dict(vars(rnn)) == before
    assert judge(world, [golden_states]) is None
