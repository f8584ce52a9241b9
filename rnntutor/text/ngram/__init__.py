"""n-gram models: the yardstick a network for text has to beat.

An n-gram model of order n predicts a symbol w from the n − 1 symbols before it by
counting.  Most long contexts are rare, so the prediction from a context h is mixed with
that from the context one symbol shorter, h', and so on down to the uniform distribution
1/V:

    P(w | h) = α(h, w) + γ(h) P(w | h')

Counting stands in `rnntutor.text.ngram.counts`, the choices of α and γ in
`rnntutor.text.ngram.smoothing`, and the model in `rnntutor.text.ngram.model`.
"""

from rnntutor.text.ngram.model import GRID, NGram
from rnntutor.text.ngram.smoothing import SMOOTHING

__all__ = ["GRID", "SMOOTHING", "NGram"]
