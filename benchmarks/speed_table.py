"""What `speed.py` has timed as rows of its record, and as a table to read."""

from __future__ import annotations

import statistics


def flops(cell, V, D, H, T, B):
    """Multiplications and additions in the products of one step, as the equations have
    them.

    Forward once, backward twice: by the weights and by what they are multiplied with.
    """
    K = {"lstm": 4, "rnn": 1}[cell]
    return 3 * 2 * T * B * (D * K * H + H * K * H + H * V)


def rows_of(found):
    """A row for each contender and shape."""
    rows = []
    for (_, what, contender, shape), records in found.items():
        row = {
            "what": what,
            "shape": list(shape),
            "contender": contender,
            "ms_median": statistics.median(record["median"] for record in records),
            "ms_rounds": [round(record["median"], 4) for record in records],
            "ms_min": min(record["min"] for record in records),
        }
        if what != "writing":
            row["gflops"] = flops(what, *shape) / row["ms_median"] / 1e6
        rows.append(row)
    for row in rows:
        torch = [
            other["ms_median"]
            for other in rows
            if other["contender"] == "PyTorch"
            and all(other[key] == row[key] for key in ("what", "shape"))
        ]
        row["ratio_to_torch"] = torch[0] / row["ms_median"] if torch else None
    return rows


def table(rows, machine):
    """The rows as text, a line for each contender and a column for each shape."""
    lines = []
    for what in dict.fromkeys(row["what"] for row in rows):
        of = [row for row in rows if row["what"] == what]
        shapes = list(dict.fromkeys(tuple(row["shape"]) for row in of))
        lines += ["", f"{what}, ms (times as fast as PyTorch)"]
        lines.append(
            f"{'':26}" + "".join(f"{','.join(map(str, shape)):>22}" for shape in shapes)
        )
        for contender in dict.fromkeys(row["contender"] for row in of):
            cells = []
            for shape in shapes:
                (row,) = (
                    r
                    for r in of
                    if r["contender"] == contender and tuple(r["shape"]) == shape
                )
                ratio = (
                    f"({row['ratio_to_torch']:.2f})" if row["ratio_to_torch"] else ""
                )
                share = (
                    f" {row['gflops'] / machine['sgemm_gflops']:.0%}"
                    if "gflops" in row
                    else ""
                )
                cells.append(f"{row['ms_median']:.2f} {ratio}{share}".rjust(22))
            lines.append(f"{contender:26}" + "".join(cells))
    return "\n".join(lines)
