"""A net as a chain of layers from the input upwards, the form that it has in Keras, and
back.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from rnntutor.fast import Fast
from rnntutor.nets import Bidirectional, Embedded, Layer, Stacked


class Embed(NamedTuple):
    """Symbols become rows of E numbers."""

    E: int


class Drop(NamedTuple):
    """Dropout with this probability."""

    p: float


class Read(NamedTuple):
    """A cell over time, in one direction or both."""

    cell: Any
    both_ways: bool = False


def chain(net):
    """The layers of a net, from the input upwards: each `Embed`, `Drop` or `Read`.

    Raises
    ------
    ValueError
        If the net is none that Keras has: a stack inside `Bidirectional`, a shortcut,
        an embedding above a layer.
    """
    links = list(_links(net))
    if any(isinstance(link, Embed) for link in links[1:]):
        raise ValueError(
            f"model.cell: expected an embedding at the input alone, got {net!r}"
        )
    return links


def _links(net):
    """The links of a net; one of a derived class may do anything, and has none."""
    if type(net) is Embedded:
        yield Embed(net.E)
        yield from _links(net.inner)
    elif type(net) is Stacked:
        for i, layer in enumerate(net.nets):
            if i and net.dropout:
                yield Drop(net.dropout)
            yield from _links(layer)
    elif type(net) is Bidirectional:
        if type(net.inner) not in (Layer, Fast):
            raise ValueError(
                f"model.cell: expected one cell inside Bidirectional, got {net.cell!r}"
            )
        yield Read(net.inner.cell, both_ways=True)
    elif type(net) in (Layer, Fast):
        yield Read(net.cell)
    else:
        raise ValueError(
            f"model.cell: expected a chain of layers, as Keras has them, got {net!r}"
        )


def unchain(links):
    """The net that a chain describes; the inverse of `chain`.

    Raises
    ------
    ValueError
        If there is no such net: no layer, or dropout elsewhere than between layers, or
        of several rates.
    """
    links = list(links)
    E = links.pop(0).E if links and isinstance(links[0], Embed) else None
    layers, drops = links[::2], links[1::2]
    if Drop not in map(type, links):
        layers, drops = links, []
    alternate = {type(link) for link in layers} <= {Read} and {
        type(link) for link in drops
    } <= {Drop}
    if (
        not layers
        or not alternate
        or len(set(drops)) > 1
        or len(drops) not in (0, len(layers) - 1)
    ):
        raise ValueError(
            "keras_model: expected recurrent layers, with the same dropout between any"
            f" two of them or none, got {', '.join(map(repr, links)) or 'none'}"
        )
    read = tuple(
        Bidirectional(cell) if both_ways else cell for cell, both_ways in layers
    )
    net = read[0] if len(read) == 1 else Stacked(read, drops[0].p if drops else 0.0)
    return net if E is None else Embedded(net, E)
