"""The schedule of `rnntutor.fast.plain` as machine code, made by Numba; needs the extra
``fast``.
"""
