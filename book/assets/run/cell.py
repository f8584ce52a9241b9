"""How a cell of the book is run in a page: as Jupyter runs it, with what the book uses
of it. `tell` is given each piece of output as a pair: its kind and its content.
"""

import ast
import base64
import functools
import io
import linecache
import os
import sys
import traceback
import types

# The pages bring the scripts of the instruments along, and no window can be opened.
os.environ["RNNTUTOR_SCRIPTS_APART"] = "1"
os.environ["MPLBACKEND"] = "module://page_figures"

KINDS = ("markdown", "html")
space = {"__name__": "__main__"}
tell = print


class Stream(io.TextIOBase):
    """Passes what is written on."""

    def __init__(self, kind):
        self.kind = kind

    def write(self, text):
        tell(self.kind, text)
        return len(text)


def display(*values):
    """Show values, in the richest form that they have."""
    for value in values:
        for kind in KINDS:
            form = getattr(value, f"_repr_{kind}_", lambda: None)()
            if form is not None:
                tell(kind, form)
                break
        else:
            tell("plain", repr(value))


def holder(kind):
    """A class of `IPython.display`: a text that is HTML, or Markdown."""

    def __init__(self, data):
        setattr(self, f"_repr_{kind}_", lambda: data)

    return type({"html": "HTML"}.get(kind, kind.title()), (), {"__init__": __init__})


def show_figures(*args, **options):
    """Hand the open figures over, as the book has them, and close them."""
    from matplotlib import pyplot

    for number in pyplot.get_fignums():
        drawn = io.BytesIO()
        pyplot.figure(number).savefig(drawn, format="png", bbox_inches="tight")
        tell("picture", base64.b64encode(drawn.getvalue()).decode())
    pyplot.close("all")


def let_count():
    """Under WebAssembly NumPy's own integers have 32 bits, and `bincount` refuses the
    64 of those that its generators draw. Elsewhere it takes them.
    """
    import numpy as np

    plain = np.bincount

    @functools.wraps(plain)
    def bincount(x, /, *more, **options):
        x = np.asarray(x)
        own = x.astype(np.intp) if x.dtype == np.int64 else x
        return plain(own, *more, **options)

    np.bincount = bincount


def prepare():
    """Stand in for IPython's display and for Matplotlib's windows."""
    let_count()
    shown = types.ModuleType("IPython.display")
    shown.display = display
    shown.HTML, shown.Markdown = holder("html"), holder("markdown")
    package = types.ModuleType("IPython")
    package.version_info = (9, 0)  # Matplotlib asks
    package.display, package.get_ipython = shown, lambda: None
    sys.modules["IPython"], sys.modules["IPython.display"] = package, shown
    from matplotlib import backend_bases
    from matplotlib.backends import backend_agg

    figures = types.ModuleType("page_figures")
    figures.FigureCanvas = backend_agg.FigureCanvasAgg
    figures.FigureManager = backend_bases.FigureManagerBase
    figures.show = show_figures
    sys.modules["page_figures"] = figures
    sys.stdout, sys.stderr = Stream("out"), Stream("error")


def run(source, name):
    """Run a cell. Returns None, or (the error's name, the traceback of the cell)."""
    file = f"<{name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    try:
        tree = ast.parse(source, file)
        last = (
            tree.body.pop()
            if tree.body and isinstance(tree.body[-1], ast.Expr)
            else None
        )
        exec(compile(tree, file, "exec"), space)
        if last:
            value = eval(compile(ast.Expression(last.value), file, "eval"), space)
            if value is not None:
                display(value)
        if "matplotlib.pyplot" in sys.modules:
            show_figures()
    except BaseException as error:  # the reader may raise anything
        # from the cell on, not from what runs it; what cannot be read has not begun
        unread = isinstance(error, SyntaxError) and error.filename == file
        trace = None if unread else error.__traceback__.tb_next
        text = "".join(traceback.format_exception(type(error), error, trace))
        return type(error).__name__, text
    return None
