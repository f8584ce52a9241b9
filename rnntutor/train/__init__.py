"""From a gradient to an update, and from updates to a trained net."""

from rnntutor.train.checkpoint.run import Checkpoint
from rnntutor.train.clipping import clip_by_global_norm, clip_by_value
from rnntutor.train.optimizers import SGD, Adam, RMSProp
from rnntutor.train.schedules import exponential_decay, linear_decay, warmup
from rnntutor.train.state import Fitted, History
from rnntutor.train.training import fit
from rnntutor.train.truncated import Truncation, truncated_gradient, window_gradients
from rnntutor.train.validation import Validation

__all__ = [
    "SGD",
    "Adam",
    "Checkpoint",
    "Fitted",
    "History",
    "RMSProp",
    "Truncation",
    "Validation",
    "clip_by_global_norm",
    "clip_by_value",
    "exponential_decay",
    "fit",
    "linear_decay",
    "truncated_gradient",
    "warmup",
    "window_gradients",
]
