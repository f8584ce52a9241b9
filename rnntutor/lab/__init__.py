"""Experiments of the chapters: long lags, digits, pictures, forecasts. The library never
imports them.
"""
