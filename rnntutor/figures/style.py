"""The house style of every figure: colors, type, the sheet of paper it is drawn on.

A figure is drawn once, for paper: opaque white, dark ink, saturated mid-dark lines.
The book shows it in dark mode through the CSS filter ``invert(1) hue-rotate(180deg)``,
which turns luminance round and keeps the hue; the colors below are chosen so that both
faces can be read (a test measures it). No color ever carries a meaning alone: lines
have dashes, markers and a label at their end.
"""

from __future__ import annotations

from functools import wraps

import matplotlib.pyplot as plt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator

WIDTH = 7.0  # inches: the text column
LARGE = 13  # points: letters that are legible where a phone shows the figure

COLORS = {
    "ink": "#1d2330",
    "gray": "#5b6472",
    "faint": "#d9dde3",
    "blue": "#1d5fc2",
    "orange": "#c2410c",
    "teal": "#0b7a6b",
    "purple": "#7c3fc4",
    "rose": "#b8185f",
    "ochre": "#8a6200",
}

# A model has one color through the whole book, wherever models are compared. "line" is
# the linear fit that a net has to beat.
MODELS = {
    "RNN": "blue",
    "GRU": "teal",
    "LSTM": "orange",
    "minGRU": "purple",
    "line": "ink",
}
CYCLE = ("blue", "orange", "teal", "purple", "rose", "ochre")
DASHES = (
    "-",
    (0, (5, 2)),
    (0, (5, 1.6, 1, 1.6)),
    (0, (1.2, 1.4)),
    (0, (8, 2)),
    (0, (3, 1.4, 1, 1.4, 1, 1.4)),
)
MARKERS = ("o", "s", "^", "D", "v", "P")

# comes with matplotlib, so that a figure looks the same on every machine
MONO = "DejaVu Sans Mono"

SEQUENTIAL = LinearSegmentedColormap.from_list(
    "rnntutor_sequential",
    ["#ffffff", "#d7e5f8", "#9fc0ee", "#5b93dd", "#1d5fc2", "#123a7c"],
)
DIVERGING = LinearSegmentedColormap.from_list(
    "rnntutor_diverging",
    [
        "#8f2f06",
        "#c2410c",
        "#e8834f",
        "#f6c3a4",
        "#ffffff",
        "#a9c9f2",
        "#5b93dd",
        "#1d5fc2",
        "#123a7c",
    ],
)
# The two below lie behind letters: they stop where dark ink can still be read on them.
BEHIND_TEXT_SEQUENTIAL = LinearSegmentedColormap.from_list(
    "rnntutor_behind_seq", ["#ffffff", "#c3daf6", "#86b3ee"]
)
BEHIND_TEXT = LinearSegmentedColormap.from_list(
    "rnntutor_behind_div", ["#f4a883", "#fad4bf", "#ffffff", "#c3daf6", "#86b3ee"]
)

RC = {
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "mathtext.fontset": "cm",
    "text.color": COLORS["ink"],
    "axes.labelcolor": COLORS["ink"],
    "axes.labelsize": 10,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.edgecolor": "#8d96a5",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#e8ebef",
    "grid.linewidth": 0.8,
    "xtick.color": "#8d96a5",
    "ytick.color": "#8d96a5",
    "xtick.labelcolor": COLORS["gray"],
    "ytick.labelcolor": COLORS["gray"],
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "lines.solid_capstyle": "round",
    "lines.dash_capstyle": "butt",
    "legend.frameon": False,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 130,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
}


def house():
    """The house style as a context manager; the caller's rcParams come back afterwards.

    It starts from matplotlib's defaults, so that a figure does not depend on what the
    caller has set.
    """
    return plt.style.context(["default", RC])


def drawn(function):
    """Decorate a function that returns a figure: it runs, and its figure is laid out,
    in the house style.

    Matplotlib makes ticks and places labels when it first draws.  That happens here,
    because later the caller's settings would have a say, and then the layout is final.
    """

    @wraps(function)
    def inside(*args, **kwargs):
        with house():
            figure = function(*args, **kwargs)
            if figure.get_layout_engine() or any(one.axison for one in figure.axes):
                _settle(figure)
        return figure

    return inside


def _settle(figure):
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:  # how many ticks fit is asked again at each drawing
        for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
            axes.tick_params(
                name, labelsize=axis.get_major_ticks(1)[0].label1.get_fontsize()
            )


def decades_only(axes):
    """No ticks between the powers of ten where an axis has several: nothing would be
    written there.
    """
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        if axis.get_scale() == "log" and high > 100 * low:
            axis.set_minor_locator(NullLocator())


def page(height, constrained=False):
    """A new figure of the column's width, on a sheet of opaque white.

    The sheet is an artist of the figure.  A notebook crops its figures to what is drawn
    on them; the sheet keeps every figure at the full width, and with it the type at one
    size through the book.

    Parameters
    ----------
    height : float
        Height of the figure in inches; the width is always `WIDTH`.
    constrained : bool
        Lay out the axes so that labels have room (charts); diagrams place everything
        themselves.
    """
    figure = plt.figure(
        figsize=(WIDTH, height), layout="constrained" if constrained else None
    )
    figure.add_artist(
        Rectangle(
            (0, 0),
            1,
            1,
            transform=figure.transFigure,
            facecolor="white",
            edgecolor="none",
            zorder=-10,
        )
    )
    return figure


def look(index):
    """Color, dashes and marker of the line number `index`, as keywords of
    ``Axes.plot``.
    """
    n = len(CYCLE)
    return {
        "color": COLORS[CYCLE[index % n]],
        "linestyle": DASHES[index % n],
        "marker": MARKERS[(index + index // n) % n],
    }


def looks(names):
    """`look` of the lines with these names; where there are lines of several models,
    each has its model's color.
    """
    models = [model_of(name) for name in names]
    styles = [look(index) for index in range(len(names))]
    if len(set(models) - {None}) > 1:
        for style, model in zip(styles, models, strict=True):
            if model is not None:
                style["color"] = COLORS[MODELS[model]]
    return styles


def model_of(name):
    """The model that a line's name speaks of, or None.

    >>> model_of("LSTM, forget bias 1"), model_of("guessed RNN"), model_of("tanh")
    ('LSTM', 'RNN', None)
    """
    return next((one for one in name.replace(",", " ").split() if one in MODELS), None)


def written(number, form="{:.3g}"):
    """`number` as it is set in print: a true minus, powers of ten instead of e
    notation.

    >>> written(-3.1e-11)
    '−3.1×10⁻¹¹'
    """
    mantissa, e, exponent = form.format(number).partition("e")
    if e:
        mantissa += "×10" + str(int(exponent)).translate(
            str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
        )
    return mantissa.replace("-", "−")


def visible(text):
    r"""`text` with spaces, tabs and line ends shown, and a box for what the font cannot
    show.

    >>> visible("to be\n")
    'to␣be↵'
    """
    shown = {" ": "␣", "\n": "↵", "\t": "⇥"}
    known = get_font(findfont(MONO)).get_charmap()
    return "".join(
        shown.get(c, c if ord(c) in known and c.isprintable() else "▯") for c in text
    )
