"""Experiments of the chapters: long time lags, pen digits, pictures. The library never
imports them.
"""
