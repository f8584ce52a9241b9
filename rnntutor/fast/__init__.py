"""The same equations on a faster schedule.

`Fast` wraps an `LSTM` or an `RNN` and is a net like any other, with the cell's own
parameters.  What it does in another order than `rnntutor.nets.unroll`, and why, is
chapter 14:

- the inputs' part of all pre-activations in one product, before time begins;
- every element-wise line in place, in memory that is used again;
- in NumPy alone, arrays with a column for each sequence, so that the four gates are
  four contiguous pieces;
- where the extra ``fast`` is installed, the loop over time as machine code: weights
  that are packed once for all steps, the element-wise lines of a step in one loop, the
  sequences of a batch shared among threads.
"""

from rnntutor.fast.net import Fast, as_fast

__all__ = ["Fast", "as_fast"]
