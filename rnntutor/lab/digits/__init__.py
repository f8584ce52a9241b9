"""Handwritten digits: the data, files of pen strokes, what nets are held against."""

from rnntutor.lab.digits.baselines import least_squares, nearest_neighbors
from rnntutor.lab.digits.datasets import Digits, as_points, pen_digits, scanned_digits
from rnntutor.lab.digits.unipen import features, parse_unipen, read_unipen
from rnntutor.lab.digits.warping import warping_distances

__all__ = [
    "Digits",
    "as_points",
    "features",
    "least_squares",
    "nearest_neighbors",
    "parse_unipen",
    "pen_digits",
    "read_unipen",
    "scanned_digits",
    "warping_distances",
]
