"""Tasks made to order, which need a memory of a known length.

Each is a function that returns a `Task`: inputs, targets, and when they count.
The long-lag tasks are those of Hochreiter & Schmidhuber (1997), with the settings that
they published.
"""

from rnntutor.lab.long_lags.addition import adding
from rnntutor.lab.long_lags.base import Task
from rnntutor.lab.long_lags.lag import first_symbol, noise_free_lag
from rnntutor.lab.long_lags.order import temporal_order
from rnntutor.lab.long_lags.reber import (
    ReberTask,
    legal_successors,
    reber_strings,
    reber_task,
)

__all__ = [
    "ReberTask",
    "Task",
    "adding",
    "first_symbol",
    "legal_successors",
    "noise_free_lag",
    "reber_strings",
    "reber_task",
    "temporal_order",
]
