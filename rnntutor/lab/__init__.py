"""Experiments of the chapters: long time lags, pen digits, pictures, forecasts. The
library never imports them.
"""
