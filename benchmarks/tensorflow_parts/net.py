"""A net that one processor could not train in minutes: layers of 512 units on
Shakespeare's characters, as users of Keras write it.

Each window of text is read from the state zero. The best weights so far lie as float16
in NAME.npz beside the record, written anew whenever the validation loss is the lowest:
a run that is killed leaves them. `evaluation.py` reads them.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from _lib import results

import rnntutor as rt
from tensorflow_parts.versions import start

SETTINGS = {
    "layers": 2,
    "H": 512,
    "E": 64,  # of the embedding
    "dropout": 0.5,  # between layers
    "T": 128,
    "B": 128,
    "rate": 2e-3,  # of Adam, halved where validation stands still
    "clip": 1.0,
    "patience": (2, 6),  # epochs without progress until it is halved, until the end
    "epochs": 100,
    "valid_chars": 100_000,
    "at_once": 16,  # updates between two returns to Python
    "seed": 1,
}
QUICK = {"H": 16, "E": 8, "T": 16, "B": 8, "epochs": 2, "valid_chars": 4000}
SPARE = 30  # seconds of the time that are left for the last validation


def settings_of(quick):
    """What the net and its training are like."""
    return SETTINGS | (QUICK if quick else {})


def texts(quick):
    """Shakespeare; in the miniature its beginnings."""
    corpus = rt.shakespeare()
    sizes = {"train": 20_000, "valid": 4000, "test": 4000}
    short = {part: getattr(corpus, part)[:n] for part, n in sizes.items()}
    return corpus._replace(**short) if quick else corpus


def language_model(settings):
    """The same net in this package, untrained; its symbols are those of the plays."""
    vocabulary = rt.Vocabulary.from_text(rt.shakespeare().train)
    layers = (rt.Fast(rt.LSTM()),) * settings["layers"]
    cell = rt.Embedded(rt.Stacked(layers, settings["dropout"]), settings["E"])
    rng = np.random.default_rng(settings["seed"])
    return rt.LanguageModel(vocabulary, rng, H=settings["H"], cell=cell)


def build(keras, V, settings):
    """The net in Keras."""
    layers = [keras.Input((None,), dtype="int32")]
    layers.append(keras.layers.Embedding(V, settings["E"]))
    for i in range(settings["layers"]):
        if i:
            layers.append(keras.layers.Dropout(settings["dropout"]))
        layers.append(keras.layers.LSTM(settings["H"], return_sequences=True))
    net = keras.Sequential([*layers, keras.layers.Dense(V)])
    net.compile(
        keras.optimizers.Adam(settings["rate"], global_clipnorm=settings["clip"]),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        steps_per_execution=settings["at_once"],
    )
    return net


def windows(tf, ids, settings, shuffled):
    """Batches of windows of T symbols and of those that follow them."""
    T, B = settings["T"], settings["B"]
    cut = np.lib.stride_tricks.sliding_window_view(ids.astype(np.int32), T + 1)[::T]
    found = tf.data.Dataset.from_tensor_slices((cut[:, :-1], cut[:, 1:]))
    if shuffled:
        found = found.shuffle(len(cut), seed=settings["seed"])
    return found.batch(B, drop_remainder=shuffled).prefetch(tf.data.AUTOTUNE)


def keep(path, params, weights):
    """Write weights of Keras under the names that this package has for them."""
    names = [name for name, _ in rt.tree.leaves(params)]
    results.write_arrays(path, zip(names, weights, strict=True))


def train(asked, send):
    """A row of settings, one for each epoch, and how it ended."""
    began = time.time()
    tf, keras, kind = start(tf32=True)  # as it is by default
    settings, corpus = settings_of(asked.quick), texts(asked.quick)
    if kind == "CPU" and not asked.quick:
        settings["at_once"] = 1  # an update takes seconds
    keras.utils.set_random_seed(settings["seed"])
    language = language_model(settings)
    path = Path(asked.folder) / f"{asked.name}.npz"
    net = build(keras, len(language.vocabulary), settings)
    encode = language.vocabulary.encode
    train = windows(tf, encode(corpus.train), settings, True)
    valid_text = corpus.valid[: settings["valid_chars"]]
    valid = windows(tf, encode(valid_text), settings, False)
    row = {"parameters": net.count_params(), "tf32": kind == "GPU"}
    send(settings | row | {"updates_an_epoch": len(train)})

    class Watch(keras.callbacks.Callback):
        """Sends each epoch's row, keeps the best weights, and looks at the clock."""

        best, ended = np.inf, "all epochs"

        def on_train_batch_end(self, batch, logs=None):
            if time.time() > asked.until - SPARE:
                self.model.stop_training, self.ended = True, "its time was up"

        def on_epoch_end(self, epoch, logs):
            row = {
                "epoch": epoch + 1,
                "seconds": round(time.time() - began, 1),
                "train_loss": round(logs["loss"], 4),
                "valid_loss": round(logs["val_loss"], 4),
                "rate": float(self.model.optimizer.learning_rate),
            }
            if logs["val_loss"] < self.best:
                self.best = logs["val_loss"]
                keep(path, language.params, self.model.get_weights())
            send(row)

    watch, (halve, stop) = Watch(), settings["patience"]
    slower = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=halve)
    early = keras.callbacks.EarlyStopping(patience=stop)
    net.fit(
        train,
        validation_data=valid,
        epochs=settings["epochs"],
        callbacks=[watch, slower, early],
        shuffle=False,  # the windows are
        verbose=0,
    )
    ended = watch.ended if not early.stopped_epoch else "no progress in validation"
    seconds, best = round(time.time() - began, 1), round(float(watch.best), 4)
    send({"ended": ended, "seconds": seconds, "best_valid_loss": best})
