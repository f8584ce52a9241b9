"""Greedy search: what an encoder and a decoder answer to many sources at once, always
the likeliest symbol.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.model.encoder_decoder import EncoderDecoder
from rnntutor.text.scoring import as_inputs, feeds_back, symbol


def greedy_search(model, params, sources, end, longest, source_mask=None):
    r"""Write an answer to each source, always the likeliest symbol.

    .. math:: w_n = \arg\max_w \; p(w \mid w_1 \dots w_{n-1})

    The decoder starts in what the encoder hands over, reads `end` first, and then what
    it has just written. It is the beam search of width 1, for a whole batch.

    Parameters
    ----------
    model : EncoderDecoder
        Its decoder has D = V: its outputs can be its inputs.
    params : EncoderDecoderParams
    sources : array (S, B, D), or int (S, B) for an encoder that reads symbols
    end : int
        The symbol that begins and ends what is written.
    longest : int
        How many symbols at most, `end` among them.
    source_mask : bool array (S, B), optional
        False marks padding.

    Returns
    -------
    int array (N, B)
        In each column what is written, and `end` from the first one on; N is the length
        of the longest answer. What has found no end by then has none.

    Raises
    ------
    TypeError, ValueError
        If the sources or their mask do not fit the encoder, `end` is no symbol,
        `longest` is below 1, or the decoder's outputs cannot be its inputs.
    """
    _check.instance("model", model, EncoderDecoder)
    decoder = model.decoder
    feeds_back("model.decoder", decoder)
    end, longest = symbol("end", end, decoder.V), _check.integer("longest", longest)

    state = model.encode(params, sources, source_mask)
    wrote, dtype = [np.full(np.shape(sources)[1], end)], params.decoder.W_hy.dtype
    ended = np.zeros(len(wrote[0]), bool)
    while len(wrote) <= longest and not ended.all():
        fed = as_inputs(decoder, wrote[-1][None], dtype)
        ys_raw, unrolled = decoder.forward(params.decoder, fed, state)
        wrote.append(np.where(ended, end, ys_raw[-1].argmax(axis=-1)))
        state, ended = unrolled.state_T, ended | (wrote[-1] == end)
    return np.array(wrote[1:])
