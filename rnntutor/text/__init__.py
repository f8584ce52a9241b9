"""Texts: read, cut into symbols and batches, learned, scored and written."""

from rnntutor.text.batches import ContiguousBatches, contiguous_batches, one_hot, pad
from rnntutor.text.beam import Hypothesis, beam_search
from rnntutor.text.corpora import shakespeare
from rnntutor.text.files import Corpus, read_text, split_text
from rnntutor.text.greedy import greedy_search
from rnntutor.text.language_model import LanguageModel
from rnntutor.text.minibatches import Minibatches
from rnntutor.text.ngram import NGram
from rnntutor.text.sampling import nucleus, sample, temper, top_k
from rnntutor.text.tokens import characters, words
from rnntutor.text.vocabulary import Vocabulary

__all__ = [
    "ContiguousBatches",
    "Corpus",
    "Hypothesis",
    "LanguageModel",
    "Minibatches",
    "NGram",
    "Vocabulary",
    "beam_search",
    "characters",
    "contiguous_batches",
    "greedy_search",
    "nucleus",
    "one_hot",
    "pad",
    "read_text",
    "sample",
    "shakespeare",
    "split_text",
    "temper",
    "top_k",
    "words",
]
