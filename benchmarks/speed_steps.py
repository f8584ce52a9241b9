"""One training step in several libraries: what `speed.py` times.

A contender is a function from a cell's name ("lstm", "rnn"), the sizes (V, D, H, T, B)
and a setting of its own to another, which makes one step each time it is called:
embedding → cell → readout → cross-entropy, backward, SGD, in float32.
"""

from __future__ import annotations

from functools import partial

import numpy as np

LR = 0.01


def batch(V, T, B):
    """Symbols and those that follow, (T, B)."""
    rng = np.random.default_rng(0)
    return rng.integers(0, V, (T, B)), rng.integers(0, V, (T, B))


# This package


def ours(wrap, batched=True):
    """The package's own step, with a net made of the cell."""

    def contender(cell, V, D, H, T, B):
        import rnntutor as rt

        net = wrap({"lstm": rt.LSTM(), "rnn": rt.RNN("tanh")}[cell])
        model, sgd = rt.Model(rt.Embedded(net, D), V, H, V), rt.SGD(LR)
        params = model.init(np.random.default_rng(0), np.float32)
        state, (inputs, targets) = sgd.init(params), batch(V, T, B)

        def step():
            nonlocal params, state
            result = model.loss_and_grad(
                params, inputs, targets, reduce="token", batched=batched
            )
            update = sgd.update(params, result.grads, state)
            params, state = update.params, update.state

        return step

    return contender


def plain(cell):
    """The cell as it is."""
    return cell


def in_numpy(cell):
    """The cell on the fast schedule, without a compiler."""
    import rnntutor as rt

    return rt.Fast(cell, compiled=False)


def compiled(cell):
    """The cell on the fast schedule, as machine code."""
    import rnntutor as rt

    return rt.Fast(cell, compiled=True)


# Others


def torch_loop(cell, D, H):
    """The equations as a loop in Python, as a layer."""
    import torch

    class Loop(torch.nn.Module):
        def __init__(self):
            super().__init__()
            K = {"lstm": 4, "rnn": 1}[cell]
            self.of_x = torch.nn.Linear(D, K * H)
            self.of_h = torch.nn.Linear(H, K * H, bias=False)

        def forward(self, xs):
            h = c = xs.new_zeros(xs.shape[1], H)
            hs = []
            for a_x in self.of_x(xs):
                a = a_x + self.of_h(h)
                if cell == "rnn":
                    h = torch.tanh(a)
                else:
                    i, f, g, o = a.chunk(4, -1)
                    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                    h = torch.sigmoid(o) * torch.tanh(c)
                hs.append(h)
            return torch.stack(hs), None

    return Loop()


def torch_step(device):
    """PyTorch's layers or the equations in a loop, as they are or compiled."""

    def contender(cell, V, D, H, T, B, way="layer", tf32=False):
        import torch

        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.allow_tf32 = tf32
        if "loop" in way:
            layer = torch_loop(cell, D, H)
        else:
            layer = {"lstm": torch.nn.LSTM, "rnn": torch.nn.RNN}[cell](D, H)
        embedding, readout = torch.nn.Embedding(V, D), torch.nn.Linear(H, V)
        parts = [part.to(device) for part in (embedding, layer, readout)]
        sgd = torch.optim.SGD([p for part in parts for p in part.parameters()], lr=LR)
        inputs, targets = (torch.from_numpy(ids).to(device) for ids in batch(V, T, B))

        def loss(inputs, targets):
            ys_raw = readout(layer(embedding(inputs))[0])
            return torch.nn.functional.cross_entropy(
                ys_raw.reshape(-1, V), targets.reshape(-1)
            )

        if "compiled" in way:
            loss = torch.compile(loss)

        def step():
            sgd.zero_grad()
            loss(inputs, targets).backward()
            sgd.step()
            if device == "cuda":
                torch.cuda.synchronize()

        return step

    return contender


def tensorflow_step(xla):
    """Keras' own layers in a graph of TensorFlow's, through XLA (which cannot compile
    cuDNN's kernel) or not; the loop over time as one, or unrolled.
    """

    def contender(cell, V, D, H, T, B, unroll=False):
        import keras
        import tensorflow as tf

        layer = {"lstm": keras.layers.LSTM, "rnn": keras.layers.SimpleRNN}[cell]
        kernel = {"use_cudnn": False} if xla and cell == "lstm" else {}
        layer = layer(H, return_sequences=True, unroll=unroll, **kernel)
        model = keras.Sequential(
            [keras.layers.Embedding(V, D), layer, keras.layers.Dense(V)]
        )
        inputs, targets = (
            tf.constant(ids.T.astype(np.int32)) for ids in batch(V, T, B)
        )
        model(inputs)

        @tf.function(jit_compile=xla)
        def train():
            with tf.GradientTape() as tape:
                ys_raw = model(inputs, training=True)
                loss = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, ys_raw)
                loss = tf.reduce_mean(loss)
            variables = model.trainable_variables
            for variable, grad in zip(
                variables, tape.gradient(loss, variables), strict=True
            ):
                value = variable.value
                if isinstance(grad, tf.IndexedSlices) and not xla:
                    value.scatter_sub(tf.IndexedSlices(LR * grad.values, grad.indices))
                else:
                    value.assign_sub(LR * tf.convert_to_tensor(grad))
            return loss

        return lambda: train().numpy()

    return contender


def jax_step(platform, cell, V, D, H, T, B, unroll=1, tf32=True):
    """The equations with `jax.lax.scan`, compiled as a whole; `unroll` steps are one
    turn of its loop.
    """
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_platforms", platform)
    if not tf32:
        jax.config.update("jax_default_matmul_precision", "highest")

    def lstm(state, a_x, W):
        h, c = state
        i, f, g, o = jnp.split(a_x + h @ W, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    def rnn(state, a_x, W):
        h = jnp.tanh(a_x + state[0] @ W)
        return (h,), h

    step_of, K, parts = {"lstm": (lstm, 4, 2), "rnn": (rnn, 1, 1)}[cell]
    rng = np.random.default_rng(0)
    shapes = [(V, D), (D, K * H), (H, K * H), (K * H,), (H, V), (V,)]
    params = [
        jnp.asarray(rng.uniform(-0.08, 0.08, shape), jnp.float32) for shape in shapes
    ]
    inputs, targets = (jnp.asarray(ids) for ids in batch(V, T, B))

    def loss(params, inputs, targets):
        E, W_xh, W_hh, b_h, W_hy, b_y = params
        zero = jnp.zeros((B, H), jnp.float32)
        _, hs = jax.lax.scan(
            lambda s, a: step_of(s, a, W_hh),
            (zero,) * parts,
            E[inputs] @ W_xh + b_h,
            unroll=unroll,
        )
        log_ys = jax.nn.log_softmax(hs @ W_hy + b_y)
        return -jnp.take_along_axis(log_ys, targets[..., None], -1).mean()

    @jax.jit
    def train(params, inputs, targets):
        value, grads = jax.value_and_grad(loss)(params, inputs, targets)
        return value, [p - LR * g for p, g in zip(params, grads, strict=True)]

    def step():
        nonlocal params
        value, params = train(params, inputs, targets)
        value.block_until_ready()

    return step


STEPS = {
    "steps": ours(plain, batched=False),
    "products over time": ours(plain),
    "columns in place": ours(in_numpy),
    "columns, all cores": ours(in_numpy),
    "machine code": ours(compiled),
    "machine code, all cores": ours(compiled),
    "PyTorch": torch_step("cpu"),
    "TensorFlow, graph": tensorflow_step(xla=False),
    "TensorFlow, XLA": tensorflow_step(xla=True),
    "JAX": partial(jax_step, "cpu"),
    "PyTorch, GPU": torch_step("cuda"),
    "JAX, GPU": partial(jax_step, "cuda"),
}
