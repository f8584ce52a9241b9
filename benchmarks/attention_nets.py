"""The nets of `attention.py`: their sizes, and how they are trained."""

from __future__ import annotations

from functools import cache

import numpy as np

import rnntutor as rt
from rnntutor.lab import pictures as vision
from rnntutor.lab import reversal
from rnntutor.model import EncoderDecoder
from rnntutor.nets import Additive, Attending, Dot

LSTM = rt.Fast(rt.LSTM())
SETTINGS = {
    "strings": {
        "lengths": [1, 16],
        "parameters": 30_000,
        "A": 24,
        "E": 16,
        "B": 32,
        "updates": 1500,
        "longer": 3,  # how much, where a net may train longer
        "tested": [*range(2, 17, 2), 18, 20, 24],
        "tests": 200,
        "held_out": 1000,
        "beams": [1, 4],
        "beam_lengths": [6, 8, 10, 12],
        "beam_tests": 50,
    },
    "captions": {
        "noise": 0.2,
        "stride": 2,
        "parameters": 56_000,  # those of chapter 13's captioner
        "A": 32,
        "E": 16,
        "strips": 12_000,
        "epochs": 5,
        "epochs_to_choose": 2,  # in which rates are compared
        "B": 32,
        "tests": 500,
        "held_out": 500,
    },
}
TRY = 11  # the seed that rates are chosen with


def decoder(H, V, kind, settings):
    """A model that writes symbols, with attention of this kind or without."""
    net = rt.Embedded(LSTM, settings["E"])
    if kind is not None:
        net = Attending(net, kind(settings["A"]), H)
    return rt.Model(net, V, H, V)


def of_size(task, net, H):
    """Encoder and decoder of a task, of this hidden size."""
    settings = SETTINGS[task]
    if task == "strings":
        kind = {"fixed vector": None, "dot": Dot, "additive": Additive}[net]
        writes = decoder(H, reversal.V, kind, settings)
        return EncoderDecoder(rt.Embedded(LSTM, settings["E"]), reversal.V, writes)
    kind = None if net == "fixed vector" else Dot
    writes = decoder(H, len(vision.ALPHABET), kind, settings)
    cnn, ordered = vision.CNN(8, 8), net != "attention, no order"
    encoder = rt.Stacked((cnn, LSTM)) if ordered else cnn
    return EncoderDecoder(encoder, 64, writes, start=ordered)


@cache
def model_of(task, net):
    """The largest of at most so many parameters."""
    net = net.removesuffix(", longer")
    H = 8
    while size(task, net, H + 1) <= SETTINGS[task]["parameters"]:
        H += 1
    return of_size(task, net, H)


def size(task, net, H):
    """The number of parameters."""
    return rt.tree.size(of_size(task, net, H).init(0))


def lessons(task, rng, settings, times=1):
    """All batches of a training, and how often they are gone through."""
    B = settings["B"]
    if task == "strings":
        low, high = settings["lengths"]
        lengths = rng.integers(low, high + 1, times * settings["updates"] * B)
        return reversal.reversals(lengths, rng).batches(B, rng), 1
    digits, noise = vision.digit_images().train, settings["noise"]
    strips = vision.digit_strips(digits, settings["strips"], rng, noise)
    batches = vision.window_batches(strips, B, rng, settings["stride"])
    return batches, settings["epochs"]


def trained(task, net, seed, lr, stop=None):
    """Parameters, and the loss of each update, or of the first ones with the same
    schedule.
    """
    rng = np.random.default_rng(seed)
    model, settings = model_of(task, net), SETTINGS[task]
    times = settings["longer"] if net.endswith(", longer") else 1
    batches, epochs = lessons(task, rng, settings, times)
    if seed == TRY:
        epochs = settings.get("epochs_to_choose", epochs)
    optimizer = rt.Adam(rt.train.linear_decay(lr, epochs * len(batches)), clip=1.0)
    fitted = rt.fit(
        model,
        model.init(rng, np.float32),
        batches,
        optimizer,
        epochs=epochs,
        updates=stop,
        progress=False,
    )
    return fitted.params, fitted.history.losses


def held_out(task, model, params):
    """The loss on new strings, or on strips of digits that are set aside."""
    settings, rng = SETTINGS[task], np.random.default_rng(TRY + 1)
    n = settings["held_out"]
    if task == "strings":
        low, high = settings["lengths"]
        lengths = rng.integers(low, high + 1, n)
        batches = reversal.reversals(lengths, rng).batches(n, rng)
    else:
        digits, noise = vision.digit_images().valid, settings["noise"]
        strips = vision.digit_strips(digits, n, rng, noise)
        batches = vision.window_batches(strips, n, rng, settings["stride"])
    xs, targets, masks = next(iter(batches))
    return float(model.loss(params, xs, targets, **masks))
