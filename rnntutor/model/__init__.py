"""What is read out of a net at each step, the loss, and the model that holds both."""

from rnntutor.model.model import LossAndGrad, Model, ModelParams, readout_backward

__all__ = ["LossAndGrad", "Model", "ModelParams", "readout_backward"]
