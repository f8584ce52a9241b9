"""A net that learns to write, in one file: from the text to the sample, without `fit`.

python examples/char_rnn.py              # Shakespeare, which comes with the package
python examples/char_rnn.py my_text.txt --updates 2000
"""

import argparse

import numpy as np

import rnntutor as rt

options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
options.add_argument("text", nargs="?", help="a text file")
options.add_argument("--updates", type=int, default=1000)
options.add_argument("--hidden", type=int, default=128)
asked = options.parse_args()

# The data: every character becomes a number, and the text is cut into 32 rows that are
# read side by side, 64 characters at a time.
text = rt.read_text(asked.text) if asked.text else rt.shakespeare().train
vocabulary = rt.Vocabulary.from_text(text)
batches = rt.text.contiguous_batches(vocabulary.encode(text), B=32, T=64)

# The model: an LSTM that reads a character and gives each possible next one a score.
rng, V = np.random.default_rng(0), len(vocabulary)
model = rt.Model(rt.Fast(rt.LSTM()), D=V, H=asked.hidden, V=V)
params = model.init(rng, np.float32)
optimizer = rt.Adam(0.003, clip=1.0)
memory = optimizer.init(params)


def write(n):
    """N characters, each drawn from the net's own prediction."""
    ids = rt.sample(model, params, vocabulary.encode("\n"), n, rng, temperature=0.8)
    return vocabulary.decode(ids)


# The training: forward, backward, a step downhill. The state at the end of one piece of
# text is the state at the start of the next.
update = 0
while update < asked.updates:
    state = None
    for ids, targets in batches:
        xs = rt.one_hot(ids, V, np.float32)
        loss, grads, state, *_ = model.loss_and_grad(params, xs, targets, state)
        params, memory, _, _ = optimizer.update(params, grads, memory)
        update += 1
        if update % 100 == 0 or update == asked.updates:
            print(f"{update:5d} updates, loss {loss:.3f}", flush=True)
        if update == asked.updates:
            break

print(write(300))
