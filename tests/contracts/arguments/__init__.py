"""What every argument of every public function of the core has to be, and is not.

`right` has values that are right, `bad` knows the wrong ones; the other files bring
them together.
"""

from arguments import files, learning, net, tools

CASES = net.CASES | learning.CASES | tools.CASES | files.CASES
