"""A progress bar where somebody can see it."""

import sys


def progress_bar(shown, **options):
    """A bar of tqdm on stderr; one that does nothing if none is wanted or stderr is not
    a terminal.

    A bar of tqdm is costly even when it is switched off: the first one starts a thread,
    and each takes a lock that forked processes share. If one of them is killed at that
    moment, all others wait for ever.

    Parameters
    ----------
    shown : bool
    **options
        For tqdm.
    """
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if not (shown and terminal):
        return _NoBar()
    from tqdm import tqdm  # late: a notebook in a browser has none, and needs none

    return tqdm(file=sys.stderr, **options)


class _NoBar:
    """The methods of tqdm that are used."""

    def set_postfix(self, **_):
        pass

    def update(self):
        pass

    def close(self):
        pass
