"""Move every floating-point number that NumPy's generators draw by a relative 1e-14.

What a page prints must not hang on the last bits of a product of matrices, which differ
between processors. A training amplifies them: after a thousand updates the second
decimal may be another one. With RNNTUTOR_JITTER=SEED in the environment the draws
differ that little from the committed run, and strict nbval shows what then prints
something else. Equal numbers move by equal amounts, so that what is drawn twice stays
equal; which way each number moves depends on SEED. Numbers of float32 move by one unit
in the last place, up or down or not at all.
"""

import numpy as np

RELATIVE = 1e-14
# Odd, and near 2**64 / golden ratio, so that neighbors part (Knuth, vol. 3, section
# 6.4).
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
FLOATS = (
    "beta chisquare dirichlet exponential f gamma gumbel laplace logistic lognormal "
    "multivariate_normal normal pareto power random rayleigh standard_cauchy "
    "standard_exponential standard_gamma standard_normal standard_t triangular "
    "uniform vonmises wald weibull "
).split()


def directions(bits, seed):
    """A number of [−1, 1) for each float64 whose `bits` (uint64) are given, equal for
    equal bits.
    """
    mixed = (bits ^ np.uint64(seed)) * MULTIPLIER
    mixed = (mixed ^ (mixed >> np.uint64(29))) * MULTIPLIER
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0


def moved(values, seed):
    """`values`, a float or an array, moved; what is no floating-point number comes back
    as it is.
    """
    array = np.atleast_1d(values)
    where = directions(array.astype(np.float64).view(np.uint64), seed)
    if array.dtype == np.float64:
        out = array + array * (RELATIVE * where)
    elif array.dtype == np.float32:
        up, down = (np.nextafter(array, np.float32(end)) for end in (np.inf, -np.inf))
        out = np.where(where > 1 / 3, up, np.where(where < -1 / 3, down, array))
    else:
        return values
    return out if isinstance(values, np.ndarray) else type(values)(out[0])


def install(seed):
    """Let `np.random.default_rng` and `np.random.Generator` give generators that draw
    moved numbers.
    """
    original = np.random.Generator

    class Generator(original):
        """A generator of NumPy's whose floating-point numbers are moved."""

        def __reduce__(self):
            return Generator, (self.bit_generator,)

        def spawn(self, n_children):
            return [
                Generator(child.bit_generator) for child in super().spawn(n_children)
            ]

    def method(name):
        draw = getattr(original, name)

        def drawn(self, *args, **options):
            values = draw(self, *args, **options)
            out = options.get("out")
            if out is None:
                return moved(values, seed)
            out[...] = moved(out, seed)
            return out

        drawn.__name__ = name
        return drawn

    for name in FLOATS:
        setattr(Generator, name, method(name))
    # where pickle finds it
    Generator.__module__, Generator.__qualname__ = "numpy.random", "Generator"
    default_rng = np.random.default_rng

    def moved_rng(source=None):
        drawn = default_rng(source)
        return drawn if isinstance(drawn, Generator) else Generator(drawn.bit_generator)

    np.random.Generator, np.random.default_rng = Generator, moved_rng
