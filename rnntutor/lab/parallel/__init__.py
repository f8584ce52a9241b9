"""What chapter 17 tries beside the library: Newton's method over time, and how the
linear cells start on the long-lag tasks.
"""

from rnntutor.lab.parallel.newton import Iterates, newton
from rnntutor.lab.parallel.starts import STARTS, build

__all__ = ["STARTS", "Iterates", "build", "newton"]
