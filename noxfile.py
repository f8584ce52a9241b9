"""Run the notebooks on other Pythons and NumPys: do they print the same text
everywhere?

    nox                                    # both ends of the NumPy range
    nox -p 3.12                            # on one Python
    nox -- notebooks/02* notebooks/04*     # some of the notebooks
    nox -- tests --ignore=tests/book/site  # the package's tests

A Python that is not on the path is left out. The committed outputs are the measure:
strict nbval. For other processors there is tools/cross.py.
"""

import nox

# The oldest NumPy of the range that each Python can have.
OLDEST = {"3.11": "2.0.*", "3.12": "2.0.*", "3.13": "2.1.*", "3.14": "2.3.*"}

nox.options.envdir = "_build/nox"


@nox.session(python=[*OLDEST], reuse_venv=True)
@nox.parametrize("numpy", ["oldest", "newest"])
def notebooks(session, numpy):
    """Compare every text output with the one in the repository."""
    wanted = f"numpy=={OLDEST[session.python]}" if numpy == "oldest" else "numpy"
    session.install("--editable", ".[book,test]", wanted)
    options = "-q -n 2 --dist loadfile -p no:cacheprovider"
    nbval = "--nbval --nbval-current-env --nbval-cell-timeout=600"
    session.run(
        *["python", "-m", "pytest", *options.split(), *nbval.split()],
        *(session.posargs or ["notebooks"]),
        env={
            "OPENBLAS_NUM_THREADS": "1",
            "OPENBLAS_CORETYPE": None,
            "JUPYTER_PREFER_ENV_PATH": "1",
        },
    )
