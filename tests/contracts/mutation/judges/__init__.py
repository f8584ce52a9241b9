"""The checks of the test suite in small, fast enough to judge a thousand mutants: a judge a function.

A judge says in its docstring in which test file the full check stands.  Gradients are compared in one random
direction in each block, which no wrong entry survives.  A judge takes a world, see isolated.py, and raises
whatever it likes if something is wrong.
"""

import sys
import warnings
from unittest import mock

from mutation.judges.cells import (
    each_path_is_taken,
    every_step_back,
    golden_states,
    gradients_through_time,
    gradients_with_a_mask,
    nothing_given,
    nothing_leaks,
)
from mutation.judges.compiled import fast_compiled
from mutation.judges.fast import (
    fast_byte_order,
    fast_gradients,
    fast_passes,
    fast_precision,
    fast_symbols,
    fast_writing,
)
from mutation.judges.loss import large_numbers, loss_cut, loss_in_place, losses
from mutation.judges.memory import pieces_of_memory
from mutation.judges.model import each_path_of_a_model, models
from mutation.judges.nets import (
    gradients_through_nets,
    models_of_nets,
    nets_by_hand,
    paths_of_nets,
    what_nets_promise,
)
from mutation.judges.readout import readout, readout_and_loss, what_is_not_finite
from mutation.judges.resources import (
    blocks_for_a_cache,
    fast_memory,
    shared_products,
    shared_work,
    which_schedule,
)
from mutation.judges.steps import (
    adjoints_of_the_gru,
    adjoints_of_the_lstm,
    first_parameters,
    precision,
)

# Those first that catch most for their time.
JUDGES = [
    pieces_of_memory,
    golden_states,
    gradients_through_time,
    losses,
    loss_in_place,
    loss_cut,
    adjoints_of_the_lstm,
    adjoints_of_the_gru,
    large_numbers,
    readout,
    readout_and_loss,
    what_is_not_finite,
    which_schedule,
    shared_work,
    shared_products,
    blocks_for_a_cache,
    fast_passes,
    fast_symbols,
    fast_writing,
    fast_gradients,
    fast_precision,
    fast_byte_order,
    fast_memory,
    first_parameters,
    nothing_leaks,
    gradients_with_a_mask,
    nothing_given,
    each_path_is_taken,
    every_step_back,
    models,
    precision,
    each_path_of_a_model,
    nets_by_hand,
    gradients_through_nets,
    paths_of_nets,
    what_nets_promise,
    models_of_nets,
    fast_compiled,
]


def judge(world, judges=JUDGES):
    """The first judge who finds fault, by name, and what was raised, in words; None if all are content."""
    quiet = mock.patch.object(sys, "unraisablehook", lambda _: None)  # when a faulty array is gone
    with warnings.catch_warnings(), quiet:
        warnings.simplefilter("error")
        for one in judges:
            try:
                one(world)
            except Exception as error:
                return one.__name__, type(error), str(error)  # not the error, which holds arrays
    return None
