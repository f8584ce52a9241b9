"""`check_cell`: any cell, a reader's own too, put through one suite that answers in
plain words.

- `suite` runs the checks, in the order of `checks` and `gradients`;
- `trial` draws problems, calls the cell safely, and has the two gradients: the cell's
  and the oracle's;
- `diagnosis` names the common faults, with the help of `situations` in which they
  cannot show;
- `findings` says it.
"""

from rnntutor.gradients.cell_check.findings import FAULTS, Finding, Findings
from rnntutor.gradients.cell_check.suite import check_cell

__all__ = ["FAULTS", "Finding", "Findings", "check_cell"]
