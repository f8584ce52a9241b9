"""Weights to and from Keras, and the same loss and gradient computed by TensorFlow.

Gates come in the same order on both sides and both multiply row vectors from the left,
so that ``keras_model.set_weights`` takes the arrays of `rnntutor` as they are (the two
biases of a GRU as rows of one array).  The axes of a batch differ: (T, B, …) here, (B,
T, …) there.

TensorFlow is imported when one of these functions is called, and not before.
"""

from rnntutor.keras.backend import require_tensorflow
from rnntutor.keras.build import to_keras
from rnntutor.keras.gradients import loss_and_grad
from rnntutor.keras.read import from_keras
from rnntutor.keras.training import fit

__all__ = ["fit", "from_keras", "loss_and_grad", "require_tensorflow", "to_keras"]
