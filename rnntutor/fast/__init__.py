"""The same equations on a faster schedule.

`Fast` wraps an `LSTM` or an `RNN` and is a net like any other, with the cell's own parameters.  What it
does in another order than `rnntutor.unroll`, and why, is chapter 14:

- the inputs' part of all pre-activations in one product, before time begins;
- arrays with a column for each sequence, so that the four gates are four contiguous pieces;
- every buffer used again, every element-wise line in place;
- where the extra ``fast`` is installed, the loop over time as machine code.
"""

from rnntutor.fast.net import Fast

__all__ = ["Fast"]
