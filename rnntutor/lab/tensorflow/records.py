"""What `benchmarks/tensorflow_check.py` has written of a device, as appendix A1 reads
it.
"""

from __future__ import annotations


def rows(content, *keys):
    """The rows of a record, of all its parts together, that have all these keys.

    Parameters
    ----------
    content : dict
        A record named keras-DEVICE, which keeps the rows of each part under "parts"; or
        an older one named tensorflow-DEVICE, which has a list for each part.
    *keys : str
        Such as "how" and "differences" for the rows of agreement; a row that failed has
        "error" instead of what was measured.

    Returns
    -------
    list of dict
    """
    if "parts" in content:
        parts = [part["rows"] for part in content["parts"].values()]
    else:
        parts = [value for value in content.values() if isinstance(value, list)]
    return [
        row
        for part in parts
        for row in part
        if isinstance(row, dict) and row.keys() >= set(keys)
    ]


def made(content):
    """Device, date and versions of a record, on two lines.

    Parameters
    ----------
    content : dict

    Returns
    -------
    str
    """
    return (
        f"{content['device']['name']}, {content['date']}\n"
        f"TensorFlow {content['tensorflow']}, Keras {content['keras']}"
    )
