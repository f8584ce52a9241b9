"""rnntutor: the equations of the recurrent net as a small NumPy package, and a book
that derives them.

The pieces, from the inside out: a cell (`RNN`), its unrolling over time (`forward`,
`backward_steps`, `backward`), the loss (`cross_entropy`), the model (`Model`), the
optimizer (`SGD`, `RMSProp`, `Adam`), the training loop (`fit`), and for text one object
with a line for each wish (`LanguageModel`).  Figures are in `rnntutor.figures`.
"""

from rnntutor._check import NonFiniteError
from rnntutor.cells.activations import ACTIVATIONS, sigmoid
from rnntutor.cells.affine import Params
from rnntutor.cells.gru import GRU
from rnntutor.cells.lstm import LSTM
from rnntutor.cells.rnn import RNN, State, StepGrads
from rnntutor.fast import Fast
from rnntutor.fast.threads import threads
from rnntutor.gradients.cell_check import check_cell
from rnntutor.gradients.comparison import compare, cosine, relative_difference
from rnntutor.gradients.numeric import adjoint_test, central_differences, complex_step
from rnntutor.model.losses import bits, cross_entropy, log_softmax, perplexity, softmax
from rnntutor.model.model import LossAndGrad, Model, ModelParams, readout_backward
from rnntutor.nets import Bidirectional, Embedded, Stacked
from rnntutor.nets.unroll import BackStep, Unrolled, backward, backward_steps, forward
from rnntutor.text.batches import ContiguousBatches, contiguous_batches, one_hot
from rnntutor.text.corpora import shakespeare
from rnntutor.text.files import Corpus, read_text, split_text
from rnntutor.text.language_model import LanguageModel
from rnntutor.text.ngram import NGram
from rnntutor.text.sampling import sample, temper
from rnntutor.text.tokens import characters, words
from rnntutor.text.vocabulary import Vocabulary
from rnntutor.train.checkpoint.run import Checkpoint
from rnntutor.train.clipping import clip_by_global_norm, clip_by_value
from rnntutor.train.optimizers import SGD, Adam, RMSProp
from rnntutor.train.schedules import exponential_decay, linear_decay, warmup
from rnntutor.train.training import Fitted, History, fit
from rnntutor.train.truncated import Truncation, truncated_gradient, window_gradients
from rnntutor.tree import flatten, global_norm, leaves, size, tree_map

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
