"""Trees, gradient checks, sampling, the language model."""

import numpy as np

from arguments import bad
from arguments.right import (
    A_GENERATOR,
    A_MODEL,
    ABOVE_0,
    AT_LEAST_0,
    LANGUAGE,
    MODEL,
    READER,
    READS,
    RNG,
    TEXT,
    TEXTS,
    TREE,
    YS_RAW,
    Case,
    V,
)
from rnntutor import RNN, LanguageModel, check_cell, compare, complex_step, sample
from rnntutor.gradients import (
    adjoint_test,
    central_differences,
    cosine,
    relative_difference,
)
from rnntutor.gradients.numeric import NotComplex
from rnntutor.text import temper
from rnntutor.tree import flatten, leaves, size
from rnntutor.tree import map as tree_map
from rnntutor.tree import norm as global_norm

CASES = {
    # trees
    "leaves": Case(leaves, {"tree": TREE}, {"tree": bad.tree()}, free=["prefix"]),
    "size": Case(size, {"tree": TREE}, {"tree": bad.tree()}),
    **{
        name: Case(
            function,
            {"tree": TREE},
            {
                "tree": [
                    *bad.tree(),
                    ((), ValueError, "arrays that hold numbers", "()"),
                    (
                        (np.ones(2), np.ones(0)),
                        ValueError,
                        "arrays that hold numbers",
                        "",
                    ),
                ]
            },
        )
        for name, function in [("flatten", flatten), ("norm", global_norm)]
    },
    "map": Case(
        lambda function, tree, other: tree_map(function, tree, other),
        {"function": np.add, "tree": TREE, "other": TREE},
        {
            "function": bad.function(),
            "other": [
                (value, ValueError, "the structure of tuple", "", "|others")
                for value in (TREE[0], TREE[:1], None)
            ],
            "tree": [(TREE[0], ValueError, "the structure of ndarray", "", "|others")],
        },
    ),
    # gradient checks
    **{
        name: Case(
            oracle,
            {"f": lambda tree: (tree[0] ** 2).sum(), "at": TREE},
            {
                "f": [
                    *bad.function(),
                    (lambda tree: tree[0], ValueError, "shape ()", "(2, 3)"),
                    (
                        lambda tree: None,
                        TypeError,
                        "an array of floating-point",
                        "dtype object",
                    ),
                    (
                        lambda tree: tree[0].sum() * np.nan,
                        ValueError,
                        "finite numbers",
                        "1 non-finite of 1",
                    ),
                    wrong_type,
                ],
                "at": [
                    *bad.tree(),
                    *[
                        ((value, TREE[1]), *rest, ".0")
                        for value, *rest in [*bad.floats(TREE[0], complex_too=False)][
                            3:
                        ]
                    ],
                ],
                step: ABOVE_0,
            },
        )
        for name, oracle, step, wrong_type in [
            (
                "complex_step",
                complex_step,
                "h",
                (
                    lambda tree: tree[0].real.sum(),
                    NotComplex,
                    "a complex number for complex input",
                    "float64",
                ),
            ),
            (
                "central_differences",
                central_differences,
                "eps",
                (
                    lambda tree: tree[0].sum() * 1j,
                    TypeError,
                    "an array of floating-point numbers",
                    "complex128",
                ),
            ),
        ]
    },
    "adjoint_test": Case(
        adjoint_test,
        {
            "forward": lambda x: 2 * x,
            "backward": lambda u: 2 * u,
            "at": TREE[0],
            "rng": RNG,
        },
        {
            "forward": [
                *bad.function(),
                (lambda x: x.real, TypeError, "a complex array", "float64"),
                (
                    lambda x: x * np.nan,
                    ValueError,
                    "finite numbers",
                    "6 non-finite of 6",
                ),
            ],
            "backward": [
                *bad.function(),
                (lambda u: u.T, ValueError, "shape (2, 3)", "(3, 2)"),
                (
                    lambda u: (u, u),
                    ValueError,
                    "['backward']",
                    "['backward.0', 'backward.1']",
                ),
                (
                    lambda u: u * np.nan,
                    ValueError,
                    "finite numbers",
                    "6 non-finite of 6",
                ),
                (
                    lambda u: u * 1j,
                    TypeError,
                    "an array of floating-point numbers",
                    "dtype complex128",
                ),
            ],
            "at": [*bad.tree(), *list(bad.floats(TREE[0], complex_too=False))[3:]],
            "rng": bad.generator(),
            "h": ABOVE_0,
        },
    ),
    "check_cell": Case(
        check_cell,
        {"cell": RNN("sigmoid"), "D": 2, "H": 3},
        {
            "cell": bad.cell(),
            "D": [*bad.integer(), (3, ValueError, "another size than H", "3 for both")],
            "H": bad.integer(minimum=2),
            "seed": bad.integer(minimum=0),
        },
        free=["interface"],
    ),
    "compare": Case(
        compare,
        {"analytic": TREE, "numeric": TREE},
        {
            "analytic": [
                *bad.tree(),
                (
                    TREE[:1],
                    ValueError,
                    "['analytic.0', 'analytic.1']",
                    "['analytic.0']",
                ),
                ((TREE[0].T, TREE[1]), ValueError, "shape (2, 3)", "(3, 2)", ".0"),
                (
                    (TREE[0], TREE[1] + 0j),
                    TypeError,
                    "an array of floating-point numbers",
                    "dtype complex128",
                    ".1",
                ),
            ],
            "numeric": [
                # the structures are compared first
                *[(*case, "|analytic") for case in bad.tree()],
                (
                    (TREE[0], bad.replaced(TREE[1], np.nan)),
                    ValueError,
                    "finite numbers",
                    "1 non-finite of 4",
                    ".1",
                ),
            ],
            "tol": ABOVE_0,
        },
    ),
    **{
        name: Case(
            function,
            {"a": TREE, "b": TREE},
            {
                "a": [
                    *bad.tree(),
                    (TREE[0], ValueError, "as many numbers as b, 10", "6"),
                    (
                        (TREE[0], bad.replaced(TREE[1], np.nan)),
                        ValueError,
                        "finite numbers",
                        "1 non-finite of 4",
                        ".1",
                    ),
                ],
                "b": [
                    *bad.tree(),
                    (
                        (TREE[0] + 0j, TREE[1]),
                        TypeError,
                        "floating-point numbers",
                        "dtype complex128",
                        ".0",
                    ),
                ],
            },
        )
        for name, function in [
            ("cosine", cosine),
            ("relative_difference", relative_difference),
        ]
    },
    # sampling, language
    "temper": Case(
        temper,
        {"y_raw": YS_RAW, "temperature": 1.0},
        {
            "temperature": AT_LEAST_0,
            "y_raw": [
                *bad.floats(YS_RAW, complex_too=False),
                (np.float64(3), ValueError, "shape (..., V) with V at least 1", "()"),
                (
                    YS_RAW[:0],
                    ValueError,
                    "shape (..., V) with V at least 1",
                    "(0, 2, 5)",
                ),
            ],
        },
    ),
    "sample": Case(
        sample,
        {
            "model": READER,
            "params": READS,
            "prompt": np.array([1, 2]),
            "n": 3,
            "rng": RNG,
        },
        {
            "model": [
                *A_MODEL,
                (MODEL, ValueError, "D = V to feed symbols back", "D = 3, V = 5"),
            ],
            "params": bad.params(READS, "ModelParams"),
            "prompt": [
                *bad.integers(np.array([1, 2]), V),
                *bad.shapes(np.array([1, 2])),
            ],
            "n": bad.integer(),
            "rng": bad.generator(),
            "temperature": AT_LEAST_0,
            "cut": bad.function(),
        },
    ),
    "LanguageModel": Case(
        LanguageModel,
        {"vocabulary": LANGUAGE.vocabulary, "rng": RNG},
        {
            "vocabulary": bad.instance("a Vocabulary or a text", None, ["a", "b"]),
            "rng": bad.generator(),
            "H": bad.integer(),
            "cell": [case for case in bad.cell() if case[0] is not None],
            "dtype": [(int, TypeError, "float32, float64 or a complex dtype", "int")],
        },
    ),
    "LanguageModel.fit": Case(
        LANGUAGE.fit,
        {"text": TEXT, "B": 2, "T": 5, "updates": 1},
        {
            "text": [
                *TEXTS,
                ("a", ValueError, "at least two characters", "'a'"),
                ("abx", ValueError, "symbols of the voc", "'x'"),
            ],
            "valid": [
                *[case for case in TEXTS if case[0] is not None],
                ("", ValueError, "at least two characters", "''"),
                ("a", ValueError, "at least two characters", "'a'"),
                ("abx", ValueError, "symbols of the voc", "'x'"),
            ],
            "optimizer": bad.instance("an optimizer such as SGD(lr=0.1)", 0.1, "text"),
            "B": bad.integer(),
            "T": bad.integer(),
            "valid_chars": bad.integer(),
        },
        free=["options"],
    ),
    "LanguageModel.evaluate": Case(
        LANGUAGE.evaluate,
        {"text": TEXT},
        {
            "text": [
                *TEXTS,
                ("a", ValueError, "at least two characters", "'a'"),
                ("abx", ValueError, "symbols of the voc", "'x'"),
            ],
            "params": [
                case
                for case in bad.params(LANGUAGE.params, "ModelParams")
                if case[0] is not None
            ],
            "B": bad.integer(),
            "T": bad.integer(),
        },
    ),
    "LanguageModel.sample": Case(
        LANGUAGE.sample,
        {"prompt": "ab", "n": 3, "rng": RNG},
        {
            "prompt": [
                *TEXTS,
                ("", ValueError, "at least one character", "''"),
                ("x", ValueError, "symbols of the voc", "'x'"),
            ],
            "n": bad.integer(),
            "rng": A_GENERATOR,
            "temperature": AT_LEAST_0,
            "params": [
                case
                for case in bad.params(LANGUAGE.params, "ModelParams")
                if case[0] is not None
            ],
        },
    ),
}
