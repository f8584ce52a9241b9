"""`check_cell`: any cell, a reader's own too, put through one list of checks, which
answer in plain words.

- `suite` holds the list and runs it: the checks of `interface` and of `gradients`;
- `problem` draws random problems and calls the cell with care;
- `compare` has both gradients, the cell's and the oracle's, side by side, and the
  special cases in which a certain fault cannot show;
- `diagnose` names the common faults, from the candidates in `causes`;
- `adjoints` checks every adjoint by name;
- `report` is what comes out.
"""

from rnntutor.gradients.cell_check.report import FAULTS, Finding, Findings
from rnntutor.gradients.cell_check.suite import (
    CHECKS,
    Check,
    check_cell,
    parametrize_with_checks,
)

__all__ = [
    "CHECKS",
    "FAULTS",
    "Check",
    "Finding",
    "Findings",
    "check_cell",
    "parametrize_with_checks",
]
