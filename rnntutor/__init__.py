"""rnntutor: the equations of the recurrent net as a small NumPy package, and a book that derives them.

The pieces, from the inside out: a cell (`RNN`), its unrolling over time (`forward`,
`backward_steps`, `backward`), the loss (`cross_entropy`), the model (`Model`), the optimiser
(`SGD`, `RMSProp`, `Adam`), the training loop (`fit`), and for text one object with a line for each wish
(`LanguageModel`).  Figures are in `rnntutor.plots`.
"""

from rnntutor.activations import ACTIVATIONS, sigmoid
from rnntutor.adam import Adam
from rnntutor.affine import Params
from rnntutor.batches import ContiguousBatches, contiguous_batches, one_hot
from rnntutor.checkpoint.run import Checkpoint
from rnntutor.clipping import clip_by_global_norm, clip_by_value
from rnntutor.conformance import check_cell
from rnntutor.datasets import shakespeare
from rnntutor.errors import NonFiniteError
from rnntutor.fast import Fast
from rnntutor.gradcheck import adjoint_test, central_differences, complex_step
from rnntutor.gru import GRU
from rnntutor.language import LanguageModel
from rnntutor.loss import bits, cross_entropy, log_softmax, perplexity, softmax
from rnntutor.lstm import LSTM
from rnntutor.model import LossAndGrad, Model, ModelParams, readout_backward
from rnntutor.nets import Bidirectional, Embedded, Stacked
from rnntutor.ngram import NGram
from rnntutor.report import compare, cosine, relative_difference
from rnntutor.rmsprop import RMSProp
from rnntutor.rnn import RNN, State, StepGrads
from rnntutor.sampling import sample, temper
from rnntutor.schedules import exponential_decay, linear_decay, warmup
from rnntutor.sgd import SGD
from rnntutor.text import Corpus, read_text, split_text
from rnntutor.threads import threads
from rnntutor.tokens import characters, words
from rnntutor.training import Fitted, History, fit
from rnntutor.tree import flatten, global_norm, leaves, size, tree_map
from rnntutor.truncated import Truncation, truncated_gradient, window_gradients
from rnntutor.unroll import BackStep, Unrolled, backward, backward_steps, forward
from rnntutor.vocabulary import Vocabulary

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS",
    "GRU",
    "LSTM",
    "RNN",
    "SGD",
    "Adam",
    "BackStep",
    "Bidirectional",
    "Checkpoint",
    "ContiguousBatches",
    "Corpus",
    "Embedded",
    "Fast",
    "Fitted",
    "History",
    "LanguageModel",
    "LossAndGrad",
    "Model",
    "ModelParams",
    "NGram",
    "NonFiniteError",
    "Params",
    "RMSProp",
    "Stacked",
    "State",
    "StepGrads",
    "Truncation",
    "Unrolled",
    "Vocabulary",
    "adjoint_test",
    "backward",
    "backward_steps",
    "bits",
    "central_differences",
    "characters",
    "check_cell",
    "clip_by_global_norm",
    "clip_by_value",
    "compare",
    "complex_step",
    "contiguous_batches",
    "cosine",
    "cross_entropy",
    "exponential_decay",
    "fit",
    "flatten",
    "forward",
    "global_norm",
    "leaves",
    "linear_decay",
    "log_softmax",
    "one_hot",
    "perplexity",
    "read_text",
    "readout_backward",
    "relative_difference",
    "sample",
    "shakespeare",
    "sigmoid",
    "size",
    "softmax",
    "split_text",
    "temper",
    "threads",
    "tree_map",
    "truncated_gradient",
    "warmup",
    "window_gradients",
    "words",
]
