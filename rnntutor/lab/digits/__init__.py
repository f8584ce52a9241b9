"""Handwritten digits: the data, files of pen strokes, and baselines that know no
time.
"""
