"""The readout at each step, the loss, and the model that holds both.

`rnntutor.model.ctc` is imported with it: the loss of sequences whose labels have no
place in time.
"""

from rnntutor.model import ctc as ctc
from rnntutor.model.encoder_decoder import EncoderDecoder, EncoderDecoderParams
from rnntutor.model.model import Model
from rnntutor.model.readout import readout_backward
from rnntutor.model.records import LossAndGrad, ModelParams

__all__ = [
    "EncoderDecoder",
    "EncoderDecoderParams",
    "LossAndGrad",
    "Model",
    "ModelParams",
    "readout_backward",
]
