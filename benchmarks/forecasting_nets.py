"""The nets of `forecasting.py`: what one of each way reads, learns and forecasts."""

from __future__ import annotations

import numpy as np
from forecasting_scores import SETTINGS, columns_score, quantile_score

import rnntutor as rt
from rnntutor.lab import forecasting as fc

CELLS = {"LSTM": rt.Fast(rt.LSTM())}


class Net:
    """A net of one way, on some of the series of a task."""

    def __init__(self, task, way, cell, H, columns):
        self.task, self.way, self.columns = task, way, columns
        dtype = SETTINGS["dtype"]
        self.z = task.z[:, columns].astype(dtype)
        self.known = task.series.known.astype(dtype)
        self.T = SETTINGS["context"][task.name]
        self.K = task.plan.steps
        S, C = len(columns), self.known.shape[1]
        self.decoder = fc.Feedback(CELLS[cell], S, C, H)
        V = {"direct": self.K * S, "quantiles": len(SETTINGS["levels"])}.get(way, S)
        readout = "final" if way == "direct" else "steps"
        self.model = rt.Model(CELLS[cell], S + C, H, V, "squared_error", readout)

    def init(self, rng):
        """The first parameters."""
        of = self.decoder if self.way == "feedback" else self.model
        return of.init(rng, SETTINGS["dtype"])

    def batch(self, rng):
        """Loss and gradient on origins that are drawn when it is called."""
        steps = self.K if self.way in ("direct", "feedback") else 1
        origins = self.task.origins("train", steps, first=self.T + 1)

        def loss_and_grad(params):
            return self.loss_and_grad(params, rng.choice(origins, SETTINGS["B"]))

        return loss_and_grad

    def later(self, origins, steps):
        """What is known of the steps after the first."""
        if steps == 1:
            return self.known[:0, None].repeat(len(origins), axis=1)
        return fc.ahead(self.known[1:], origins, steps - 1)

    def loss_and_grad(self, params, origins):
        """On a batch."""
        xs = fc.inputs(self.z, self.known, origins, self.T)
        if self.way == "feedback":
            targets = fc.ahead(self.z, origins, self.K)
            return self.decoder.loss_and_grad(
                params, xs, self.later(origins, self.K), targets
            )
        if self.way == "direct":
            targets = fc.ahead(self.z, origins, self.K)
            targets = np.moveaxis(targets, 0, 1).reshape(1, len(origins), -1)
            outcome = self.model.loss_and_grad(params, xs, targets)
            return outcome.loss, outcome.grads
        targets = fc.before(self.z[1:], origins, self.T)
        scored = np.ones(xs.shape[:2], bool)
        scored[: SETTINGS["warm"][self.task.name]] = False
        if self.way == "quantiles":
            return fc.quantile_loss_and_grad(
                self.model, params, xs, targets, SETTINGS["levels"], scored
            )
        outcome = self.model.loss_and_grad(params, xs, targets, scored=scored)
        return outcome.loss, outcome.grads

    def forecast(self, params, origins, steps):
        """Forecasts (steps, B, S), scaled; of quantiles (1, B, V)."""
        found = []
        for some in np.array_split(origins, max(1, len(origins) // 400)):
            xs = fc.inputs(self.z, self.known, some, self.T)
            if self.way == "direct":
                ys = self.model.forward(params, xs).ys_raw[0]
                ys = ys.reshape(len(some), self.K, -1).swapaxes(0, 1)
            elif self.way == "quantiles":
                ys = self.model.forward(params, xs).ys_raw[-1:]
            else:
                both = params if self.way == "feedback" else self.decoder.shared(params)
                ys = self.decoder.forward(both, xs, self.later(some, steps)).ys
            found.append(ys[:steps])
        return np.concatenate(found, axis=1).astype(float)

    def valid(self, params):
        """The score on the part held out: of as many steps as the way is for."""
        task, far = self.task, self.way in ("direct", "feedback")
        steps = self.K if far else 1
        every = 3 * task.plan.every if far else {"traffic": 3}.get(task.name, 1)
        origins = task.origins("valid", steps, every)
        found = self.forecast(params, origins, steps)
        if self.way == "quantiles":
            return self.pinball(found, origins)
        return columns_score(task, found, origins, self.columns)

    def pinball(self, found, origins):
        """Mean pinball loss over the levels, in the unit of the series."""
        scale, mean = self.task.scaling.std[0], self.task.scaling.mean[0]
        return quantile_score(mean + scale * found, self.task.targets(origins, 1))
