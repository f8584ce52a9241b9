"""Run notebooks in place and write them in one canonical form.

    python tools/refresh.py 03          # notebooks/03_*.ipynb
    python tools/refresh.py 03 a2       # several
    python tools/refresh.py all

A refresh changes nothing but what the code changed: no timestamps, no machine's name or
versions, cell ids kept, keys sorted, and an image whose pixels are the same keeps its
bytes. A notebook whose cells raise, or write to stderr, is not written at all.
"""

import base64
import hashlib
import io
import json
import os
import sys
import time
from pathlib import Path

# Set before Jupyter is imported: this environment's kernel goes before one that the
# user installed elsewhere, one BLAS thread gives the same sums on every machine, and
# figures must reach the notebook.
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
# Outputs are those of the CPU (what a GPU gives, only result files say). TensorFlow
# would report its absence.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# The pages bring the scripts of the instruments along.
os.environ["RNNTUTOR_SCRIPTS_APART"] = "1"
os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SECONDS_PER_CELL = 300


def find(names):
    """The notebooks whose file names begin with the given numbers ('03', 'a2'), or
    every one for 'all'.
    """
    found = []
    for name in names:
        pattern = "*.ipynb" if name == "all" else f"{name}_*.ipynb"
        matches = sorted(NOTEBOOKS.glob(pattern))
        if not matches:
            there = ", ".join(
                path.name[:2] for path in sorted(NOTEBOOKS.glob("*.ipynb"))
            )
            raise SystemExit(
                f"no notebook is called {pattern}; there are: {there or 'none'}"
            )
        found += [path for path in matches if path not in found]
    return found


def load(path):
    """The notebook at `path`. A cell without an id gets one from its source, not one
    drawn at random.
    """
    raw = json.loads(path.read_text(encoding="utf-8"))
    taken = {cell["id"] for cell in raw["cells"] if "id" in cell}
    for cell in raw["cells"]:
        if "id" not in cell:
            digest = hashlib.sha256("".join(cell["source"]).encode()).hexdigest()[:8]
            name, n = digest, 1
            while name in taken:
                n += 1
                name = f"{digest}-{n}"
            taken.add(name)
            cell["id"] = name
    raw["nbformat"], raw["nbformat_minor"] = 4, 5
    return nbformat.reads(json.dumps(raw), as_version=4)


def small_png(data):
    """An opaque PNG in 256 colors, or in 128 where so many will do, as in a drawing of
    lines: a third of the size or less, and the difference is not to be seen.

    Text, time and other remarks are left out (Matplotlib notes its version there).
    """
    image = Image.open(io.BytesIO(data))
    if image.mode != "P":
        if image.convert("RGBA").getextrema()[3][0] < 255:
            raise ValueError(
                "a figure is not opaque; the dark pages need a white background to"
                " invert"
            )
        whole = image.convert("RGB")
        for colors in (128, 256):
            image = whole.quantize(
                colors, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
            )
            off = np.abs(np.subtract(image.convert("RGB"), whole, dtype=np.int16))
            if np.quantile(off, 0.999) <= 16:
                break
    small = io.BytesIO()
    image.save(small, "png", optimize=True, dpi=image.info.get("dpi"))
    return small.getvalue()


def same_pixels(one, other):
    """Whether two PNG files show the same picture (their compression may differ)."""
    a, b = (Image.open(io.BytesIO(data)).convert("RGBA") for data in (one, other))
    return a.size == b.size and a.tobytes() == b.tobytes()


def images(outputs):
    """The bytes of each PNG among a cell's outputs, in order."""
    pngs = (out.get("data", {}).get("image/png") for out in outputs)
    return [base64.b64decode(png) for png in pngs if png]


def tidy_outputs(outputs, old_images):
    """Join runs of text to one stream; make PNGs small, or keep the old bytes if the
    pixels are the same.
    """
    tidy, old_images = [], iter(old_images)
    for out in outputs:
        if (
            out["output_type"] == "stream"
            and tidy
            and tidy[-1].get("name") == out["name"]
        ):
            tidy[-1]["text"] += out["text"]
            continue
        if "image/png" in out.get("data", {}):
            new, old = (
                small_png(base64.b64decode(out["data"]["image/png"])),
                next(old_images, None),
            )
            kept = old if old is not None and same_pixels(old, new) else new
            out["data"]["image/png"] = base64.b64encode(kept).decode()
        tidy.append(out)
    return tidy


def refresh(path):
    """Run one notebook and write it; the return value says in a word what became of the
    file.
    """
    notebook = load(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    old_images = [images(cell.outputs) for cell in code]
    NotebookClient(
        notebook,
        kernel_name="python3",
        # it warns about its loopback sockets at each start
        extra_arguments=["--log-level=ERROR"],
        timeout=SECONDS_PER_CELL,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=lambda **_: print(".", end="", flush=True),
    ).execute()
    count = 0
    for cell, old in zip(code, old_images, strict=True):
        cell.metadata.pop("execution", None)
        cell.outputs = tidy_outputs(cell.outputs, old)
        for out in cell.outputs:
            if out.get("name") == "stderr":
                raise ValueError(
                    f"a cell wrote to stderr:\n{cell.source}\n\n{out['text']}"
                )
        # An empty cell is not run and has no number; the others count from 1.
        count += bool(cell.source.strip())
        cell.execution_count = count if cell.source.strip() else None
        for out in cell.outputs:
            if out["output_type"] == "execute_result":
                out["execution_count"] = count
    notebook.metadata = nbformat.from_dict(METADATA)
    nbformat.validate(notebook)
    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    if text == path.read_text(encoding="utf-8"):
        return "unchanged"
    path.write_text(text, encoding="utf-8", newline="\n")
    return "written"


def main(names):
    """Refresh the named notebooks; the exit status is 1 if any of them failed."""
    if not names:
        raise SystemExit(__doc__)
    failed = []
    for path in find(names):
        print(f"{path.stem} ", end="", flush=True)
        start = time.perf_counter()
        try:
            outcome = refresh(path)
        except (CellExecutionError, ValueError, TimeoutError) as error:
            failed.append(path.stem)
            print(f" failed, not written\n\n{error}\n")
        else:
            print(f" {outcome}, {time.perf_counter() - start:.1f} s")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
