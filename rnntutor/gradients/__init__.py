"""Derivatives found in other ways than by the backward pass, and what compares the
two: gradient by gradient, or a whole cell in one list of checks.
"""

from rnntutor.gradients.cell_check import check_cell, parametrize_with_checks
from rnntutor.gradients.comparison import compare, cosine, relative_difference
from rnntutor.gradients.jacobians import (
    jacobian_bound,
    memory_jacobian,
    state_jacobians,
)
from rnntutor.gradients.numeric import (
    NotComplex,
    adjoint_test,
    central_differences,
    complex_step,
)

__all__ = [
    "NotComplex",
    "adjoint_test",
    "central_differences",
    "check_cell",
    "compare",
    "complex_step",
    "cosine",
    "jacobian_bound",
    "memory_jacobian",
    "parametrize_with_checks",
    "relative_difference",
    "state_jacobians",
]
