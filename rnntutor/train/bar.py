"""A progress bar where somebody can see it."""

import sys

from tqdm import tqdm


def progress_bar(shown, **options):
    """A bar of tqdm on stderr; one that does nothing where none is wanted or stderr is
    no terminal.

    A bar of tqdm that is switched off is not nothing: the first one starts a thread,
    and each takes a lock that forked processes share. If one of them is killed at that
    moment, all others wait for ever.

    Parameters
    ----------
    shown : bool
    **options
        For tqdm.
    """
    terminal = sys.stderr is not None and sys.stderr.isatty()
    return tqdm(file=sys.stderr, **options) if shown and terminal else _NoBar()


class _NoBar:
    """What is used of tqdm."""

    def set_postfix(self, **_):
        pass

    def update(self):
        pass

    def close(self):
        pass
