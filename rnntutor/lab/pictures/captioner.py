"""A net that looks at a picture and writes: features of a CNN beside every symbol that
it reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.cells.lstm import LSTM
from rnntutor.lab.pictures.cnn import CNN
from rnntutor.model.model import Model
from rnntutor.text.batches import one_hot
from rnntutor.text.beam import beam_search


class CaptionerParams(NamedTuple):
    """Parameters of a `Captioner`, or their gradients."""

    cnn: Any  # CNNParams
    decoder: Any  # ModelParams


@dataclass(frozen=True)
class Captioner:
    r"""A CNN and a decoder that are trained as one net.

    At every step the decoder reads the features of the picture and the symbol before,
    side by side, and gives a probability to each symbol that may come (Donahue et al.
    2015, section 5).

    .. math:: x_t = \big[\, \phi \;\big|\; \mathrm{onehot}(w_{t-1}) \,\big]

    Parameters
    ----------
    cnn : CNN
    F, H, V : int
        Features, hidden size of the decoder, symbols.
    cell : a cell or a net
        That of the decoder.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these.
    """

    cnn: CNN
    F: int
    H: int
    V: int
    cell: Any = field(default_factory=LSTM)

    def __post_init__(self):
        _check.instance("cnn", self.cnn, CNN)
        _check.integer("F", self.F)
        _check.integer("V", self.V)
        Model(self.cell, self.F, self.H, self.V)

    @property
    def decoder(self):
        """The model that writes, with F + V numbers in and V out."""
        return Model(self.cell, self.F + self.V, self.H, self.V)

    @property
    def net(self):
        """The decoder's net, the one that may have dropout."""
        return self.decoder.net

    def init(self, rng, dtype=np.float64):
        """Draw the parameters of both parts."""
        cnn = self.cnn.init(rng, self.cnn.rows * self.cnn.columns, self.F, dtype)
        return CaptionerParams(cnn, self.decoder.init(rng, dtype))

    def check_params(self, params):
        """Raise unless `params` are `CaptionerParams` whose shapes fit."""
        _check.instance("params", params, CaptionerParams)
        _, F = self.cnn.check_params(params.cnn, "params.cnn")
        if F != self.F:
            raise ValueError(f"params.cnn: expected F = {self.F} features, got {F}")
        self.decoder.check_params(params.decoder)

    def features(self, params, images):
        """What the CNN sees in each picture.

        Parameters
        ----------
        params : CaptionerParams
        images : array (N, R · S)

        Returns
        -------
        array (N, F)

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape.
        """
        self.check_params(params)
        images = _check.array("images", images, ("N", self.cnn.rows * self.cnn.columns))
        return self.cnn.forward(params.cnn, images[None]).outputs[0]

    def loss_and_grad(
        self, params, xs, targets, state0=None, mask=None, reduce="token", rng=None
    ):
        """Loss of a batch and its gradient, as `fit` asks for them.

        Parameters
        ----------
        params : CaptionerParams
        xs : (images, inputs)
            Pictures (B, R · S), and int (T, B): the symbol before each step.
        targets : int array (T, B)
        state0, mask, reduce, rng
            As for `Model.loss_and_grad`; they are the decoder's.

        Returns
        -------
        LossAndGrad
            ``dxs`` is the derivative with respect to the pictures, (B, R · S).

        Raises
        ------
        TypeError, ValueError
            If an argument has the wrong kind or shape.
        NonFiniteError
            As for `Model.loss_and_grad`.
        """
        seen, read = self._read(params, xs)
        result = self.decoder.loss_and_grad(
            params.decoder, read, targets, state0, mask, reduce, rng=rng
        )
        # one picture, looked at T times
        dfeatures = result.dxs[:, :, : self.F].sum(axis=0)  # eq-dfeatures
        dimages, _, dcnn = self.cnn.backward(params.cnn, seen, dfeatures[None])
        return result._replace(
            grads=CaptionerParams(dcnn, result.grads), dxs=dimages[0]
        )

    def write(self, params, image, width, longest, end):
        """Caption one picture by `beam_search`.

        Parameters
        ----------
        params : CaptionerParams
        image : array (R · S,)
        width, longest : int
        end : int
            The symbol that ends a caption; it is also the one that the decoder reads
            first.

        Returns
        -------
        list of Hypothesis
            Best first.

        Raises
        ------
        TypeError, ValueError
            As for `features` and `beam_search`.
        """
        (features,) = self.features(params, np.asarray(image)[None])
        return beam_search(
            self.decoder, params.decoder, [end], width, longest, end, features
        )

    def loss(
        self, params, xs, targets, state0=None, mask=None, reduce="token", rng=None
    ):
        """The loss alone; arguments as for `loss_and_grad`."""
        _, read = self._read(params, xs)
        return self.decoder.loss(
            params.decoder, read, targets, state0, mask, reduce, rng=rng
        )

    def _read(self, params, xs):
        """The CNN's pass over the pictures, and what the decoder reads, (T, B, F +
        V).
        """
        if not isinstance(xs, tuple) or len(xs) != 2:
            raise TypeError(f"xs: expected (images, inputs), got {_check.short(xs)}")
        self.check_params(params)
        images, inputs = xs
        inputs = _check.array("inputs", inputs, ("T", "B"), kind="integer")
        _check.below("inputs", inputs, self.V)
        images = _check.array(
            "images", images, (inputs.shape[1], self.cnn.rows * self.cnn.columns)
        )
        seen = self.cnn.forward(params.cnn, images[None])
        features = np.broadcast_to(seen.outputs, (len(inputs), *seen.outputs.shape[1:]))
        symbols = one_hot(inputs, self.V, features.dtype)
        return seen, np.concatenate([features, symbols], axis=-1)  # eq-caption-input
