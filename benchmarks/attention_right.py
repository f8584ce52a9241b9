"""What the nets of `attention.py` write right: strings, with a beam as well, and
captions.
"""

from __future__ import annotations

import numpy as np
from attention_nets import SETTINGS

from rnntutor.lab import pictures as vision
from rnntutor.lab import reversal
from rnntutor.text import beam_search, greedy_search


def strings_right(model, params, seed):
    """Of each length: the share of strings without a mistake, and of letters that are
    right, with the net's own letters fed back and with the true ones.
    """
    settings, rng = SETTINGS["strings"], np.random.default_rng([seed, 1])
    found = {"right": [], "own": [], "true": []}
    for n in settings["tested"]:
        pairs = reversal.reversals(np.full(settings["tests"], n), rng)
        said = greedy_search(model, params, pairs.sources, reversal.END, n + 1)
        found["right"].append(float(reversal.right(said, pairs).mean()))
        said = np.pad(said, ((0, n + 1 - len(said)), (0, 0)))
        found["own"].append(float((said[:n] == pairs.targets[:n]).mean()))
        start = model.encode(params, pairs.sources)
        fed = model.decoder.forward(params.decoder, pairs.inputs, start).ys_raw
        fed = fed.argmax(axis=-1)
        found["true"].append(float((fed[:n] == pairs.targets[:n]).mean()))
    return {key: [round(share, 4) for share in shares] for key, shares in found.items()}


def beams_right(model, params, seed):
    """For each width of a beam: the share right of each length, and how often its best
    string is likelier than the greedy one.
    """
    settings, rng = SETTINGS["strings"], np.random.default_rng([seed, 2])
    found = {"beams": [], "likelier": []}
    for n in settings["beam_lengths"]:
        pairs = reversal.reversals(np.full(settings["beam_tests"], n), rng)
        best = np.array(
            [
                [one_beam(model, params, source, width) for source in pairs.sources.T]
                for width in settings["beams"]
            ],
            object,
        )
        strings = np.array([reversal.string(one) for one in pairs.targets.T])
        found["beams"].append(
            [round(float(np.mean(b == strings)), 3) for b in best[..., 0]]
        )
        more = [int(np.sum(b - best[0, :, 1] > 1e-3)) for b in best[..., 1]]
        found["likelier"].append(more)
    return found


def one_beam(model, params, source, width):
    """The string that a beam finds, and its score."""
    state, longest = model.encode(params, source[:, None]), len(source) + 2
    best = beam_search(
        model.decoder,
        params.decoder,
        [reversal.END],
        width,
        longest,
        reversal.END,
        state0=state,
    )[0]
    return reversal.string(best.symbols), best.score


def captions_right(model, params, seed):
    """The share of captions without a mistake, by how many digits there are; and of
    those that name the right digits in whatever order.
    """
    settings, rng = SETTINGS["captions"], np.random.default_rng([seed, 1])
    digits = vision.digit_images().test
    strips = vision.digit_strips(digits, settings["tests"], rng, settings["noise"])
    seen = vision.windows(strips.images, settings["stride"])
    said = [
        vision.read_caption(one)
        for one in greedy_search(model, params, seen, vision.END, 18).T
    ]
    true = strips.captions
    right = np.array([a == b for a, b in zip(said, true, strict=True)])
    words = [
        sorted(a.split()) == sorted(b.split()) for a, b in zip(said, true, strict=True)
    ]
    digits = np.array([caption.count(" ") + 1 for caption in true])
    return {
        "right": round(float(right.mean()), 4),
        "of two": round(float(right[digits == 2].mean()), 4),
        "of three": round(float(right[digits == 3].mean()), 4),
        "any order": round(float(np.mean(words)), 4),
    }
