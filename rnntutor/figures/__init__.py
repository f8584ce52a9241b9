"""Figures of the book: charts and diagrams in one style, drawn from plain arrays and
lists.

Each function returns the matplotlib figure; ``plt.show()`` shows it.
"""

from . import style
from .attention import encoder_decoder, glances
from .automata import reber_automaton
from .charts import bars, distribution
from .curves import cosine_curve, loss_curve
from .diagrams import rnn_loop, rnn_unit
from .forecasts import forecasts
from .gru import gru_unit
from .guesses import learning
from .landscapes import landscape
from .layouts import batch_layout, one_hot_picture
from .logcurves import error_curve, gradient_norms
from .lstm import lstm_backward, lstm_unit, memory_paths
from .marked import marked_numbers
from .matrices import heatmap, spectrum
from .moves import pen_moves
from .multiples import against
from .nets import stacked_and_bidirectional
from .packing import packed_weights
from .paths import backward_path
from .pen import pen_strokes
from .pictures import captioned, films, lrcn
from .rooflines import roofline
from .rows import pen_row
from .scalars import scalar_steps
from .scans import scan_tree
from .shapes import step_shapes
from .squares import state_square
from .states import hidden_states, text_activation
from .steps import downhill, staircases
from .stretching import pushed_circle
from .tangents import log_under_tangent
from .trials import solved_after
from .units import layer, unit
from .unrolling import unrolled
from .windows import truncated_windows

__all__ = [
    "against",
    "backward_path",
    "bars",
    "batch_layout",
    "captioned",
    "cosine_curve",
    "distribution",
    "downhill",
    "encoder_decoder",
    "error_curve",
    "films",
    "forecasts",
    "glances",
    "gradient_norms",
    "gru_unit",
    "heatmap",
    "hidden_states",
    "landscape",
    "layer",
    "learning",
    "log_under_tangent",
    "loss_curve",
    "lrcn",
    "lstm_backward",
    "lstm_unit",
    "marked_numbers",
    "memory_paths",
    "one_hot_picture",
    "packed_weights",
    "pen_moves",
    "pen_row",
    "pen_strokes",
    "pushed_circle",
    "reber_automaton",
    "rnn_loop",
    "rnn_unit",
    "roofline",
    "scalar_steps",
    "scan_tree",
    "solved_after",
    "spectrum",
    "stacked_and_bidirectional",
    "staircases",
    "state_square",
    "step_shapes",
    "style",
    "text_activation",
    "truncated_windows",
    "unit",
    "unrolled",
]
