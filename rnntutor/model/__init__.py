"""The readout at each step, the loss, and the model that holds both."""

from rnntutor.model.model import Model
from rnntutor.model.readout import readout_backward
from rnntutor.model.records import LossAndGrad, ModelParams

__all__ = ["LossAndGrad", "Model", "ModelParams", "readout_backward"]
