"""What `speed.py` has timed as rows of its record, and as a table to read."""

from __future__ import annotations

import json
import statistics

from speed_peak import WORK

BLOCKS = {"lstm": 4, "rnn": 1}


def flops(cell, V, D, H, T, B):
    """Multiplications and additions in the products of one step, as the equations have
    them.

    Forward once, backward twice: by the weights and by what they are multiplied with.
    """
    K = BLOCKS[cell]
    return 3 * 2 * T * B * (D * K * H + H * K * H + H * V)


def least_flops(cell, V, D, H, T, B):
    """The same, if rows of the embedding are multiplied once for each symbol where that
    is less: fewer cannot be done.
    """
    K = BLOCKS[cell]
    return 6 * (min(V, T * B) * D * K * H + T * B * (H * K * H + H * V))


def rows_of(found):
    """A row for each contender, setting and place, with all of its rounds; `found` are
    trials that were finished.
    """
    places = {}
    for trial in found:
        key = [trial[name] for name in ("what", "shape", "contender", "setting")]
        if trial["contender"] not in WORK and "failed" not in trial:
            places.setdefault(json.dumps(key), []).append(trial)
    rows = []
    for key, trials in places.items():
        what, shape, contender, setting = json.loads(key)
        row = {
            "what": what,
            "shape": shape,
            "contender": contender,
            "setting": setting,
            "ms_median": statistics.median(trial["median"] for trial in trials),
            "ms_rounds": [round(trial["median"], 4) for trial in trials],
            "ms_min": min(trial["min"] for trial in trials),
        }
        if what in BLOCKS:
            row["gflops"] = flops(what, *shape) / row["ms_median"] / 1e6
            row["least_gflops"] = least_flops(what, *shape) / row["ms_median"] / 1e6
        rows.append(row)
    return rows


def machine_of(found):
    """What the machine can do: for each way all rounds, in 10⁹ operations or bytes a
    second, and the best of them.
    """
    rounds = {}
    for trial in found:
        if trial["contender"] in WORK and "failed" not in trial:
            name = f"{trial['contender']}, {trial['setting']['threads']}"
            speed = 1e-6 * WORK[trial["contender"]] / trial["min"]
            rounds.setdefault(name, []).append(round(speed, 2))
    best = {name: max(speeds) for name, speeds in rounds.items()}

    def most(start, end):
        return max(
            (v for name, v in best.items() if name.startswith(start) and end in name),
            default=None,
        )

    return {
        "sgemm_gflops_one_core": most("peak", ", 1"),
        "sgemm_gflops": most("peak", ""),
        "copy_gb_s": most("copy", ""),
        "rounds": rounds,
    }


def above_peak(rows, machine):
    """The rows on the processor that say more than the machine can do."""
    return [
        f"{row['contender']} {row['setting']} at {row['shape']}:"
        f" {row['least_gflops'] / machine['sgemm_gflops']:.0%}"
        for row in rows
        if "least_gflops" in row
        and "GPU" not in row["contender"]
        and row["least_gflops"] > machine["sgemm_gflops"]
    ]


def table(rows, machine):
    """The best setting of each contender as text: a line for each contender, a column
    for each place; milliseconds, and the share of the peak.
    """
    lines = []
    for what in dict.fromkeys(row["what"] for row in rows):
        of = [row for row in rows if row["what"] == what]
        shapes = list(dict.fromkeys(tuple(row["shape"]) for row in of))
        lines += ["", f"{what}, ms"]
        lines.append(
            f"{'':26}" + "".join(f"{','.join(map(str, shape)):>20}" for shape in shapes)
        )
        for contender in dict.fromkeys(row["contender"] for row in of):
            cells, settings = [], []
            for shape in shapes:
                there = [
                    row
                    for row in of
                    if row["contender"] == contender and tuple(row["shape"]) == shape
                ]
                if not there:
                    cells.append(f"{'-':>20}")
                    continue
                best = min(there, key=lambda row: row["ms_median"])
                share = (
                    f" {best['least_gflops'] / machine['sgemm_gflops']:.0%}"
                    if "least_gflops" in best and machine["sgemm_gflops"]
                    else ""
                )
                cells.append(f"{best['ms_median']:.3f}{share}".rjust(20))
                settings.append(" ".join(map(str, best["setting"].values())))
            lines.append(f"{contender:26}" + "".join(cells))
            lines.append(f"{'':26}" + "".join(f"{s[:19]:>20}" for s in settings))
    return "\n".join(lines)
