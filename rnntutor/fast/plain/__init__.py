"""The schedule in NumPy alone."""
