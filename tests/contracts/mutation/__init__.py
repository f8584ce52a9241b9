"""The mutation test: faults are planted in copies of the package, and judges have to notice."""
