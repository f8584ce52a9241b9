"""What `benchmarks/tensorflow_parts` measures, as far as it can be shown without a GPU."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from keras_here import needs_tensorflow

import rnntutor as rt


@needs_tensorflow
def test_gradients_in_every_precision(parts):
    """Float32 to six digits, 16 bits to as many as they have."""
    code = parts("parity")
    tf, keras, _ = parts("versions").start()
    errors = {row["by"]: row for row in code.precision(tf, keras, "CPU")}
    bounds = {"float16": 2e-3, "bfloat16": 2e-2}
    for by, row in errors.items():
        assert 0 < row["gradient_error"] < bounds.get(by.split(", ")[-1], 2e-6), row
    assert len(errors) == 5


MESSAGES = {
    "libdevice not found at /usr/lib/cuda: see /var/x\nand more": (
        "libdevice not found at … see …"
    ),
    "Exception encountered when calling L.call().\n\n\x1b[1mno cuDNN\x1b[0m\n": "no cuDNN",
    "Graph execution error:\n\nDetected at node L\n  File x, line 1\nBAD\n\t [[{{L}}]]": "BAD",
}


@pytest.mark.parametrize(("message", "said"), MESSAGES.items(), ids=MESSAGES.values())
def test_a_row_that_fails_says_why_in_a_line_without_paths(message, said, parts):
    def call():
        raise ValueError(message)

    row = parts().attempt({"by": "XLA"}, call)
    assert row == {"by": "XLA", "error": f"ValueError: {said}"}


# Padding


def test_padded_batches_are_padded_at_the_end(parts):
    """So that the kernel takes them; no sequence is empty."""
    cases = parts("padding").cases()
    assert len(cases) == 4 and cases[-1].model.H == 64
    for case in cases:
        lengths = case.mask.sum(axis=0)
        assert (case.mask == (np.arange(len(case.mask))[:, None] < lengths)).all()
        assert 0 < lengths.min() < lengths.max() == len(case.mask)
        case.model.loss_and_grad(case.params, case.xs, case.targets, mask=case.mask)


def test_a_kernel_that_spoils_gradients_now_and_then_is_found(parts, monkeypatch):
    """In some runs, in one net; NaN is no number to pass by, and controls stay clean."""
    code, asked, sent = parts("padding"), [], []

    def parity(case, use_cudnn):
        asked.append((case.name, case.mask is not None, use_cudnn))
        spoilt = use_cudnn is True and "Embedded" in case.name
        now = asked.count(asked[-1])
        worst = {2: 2.34e10, 5: np.nan}.get(now, 3.21e-16) if spoilt else 3.21e-16
        return {"loss": 1e-16, "by inputs": worst}

    monkeypatch.setattr(code, "parity", parity)
    monkeypatch.setattr(code, "start", lambda: (None, None, "GPU"))
    monkeypatch.setenv("CUDA_LAUNCH_BLOCKING", "1")
    code.padding(SimpleNamespace(quick=False), sent.append)
    about, *rows = sent
    assert about["launches_blocking"] is True and about["kernel"] == "cuDNN's"
    assert [row["runs_off"] for row in rows] == [0, 0, 2]
    assert [row["runs"] for row in rows] == [20] * 3 and len(asked) == 3 * 20 * 4
    assert [row["off"] for row in rows[:2]] == [{}, {}]
    ((net, times),) = rows[2]["off"].items()
    assert net.startswith("Embedded(LSTM, E=3)") and times == 2
    assert rows[0]["differences"]["by inputs"] == 3.2e-16
    assert np.isnan(rows[2]["differences"]["by inputs"])
    assert {(has, use) for _, has, use in asked} == {
        (False, "auto"),
        (True, False),
        (True, True),
    }


# Versions


@pytest.mark.parametrize(
    ("built", "now", "fits"),
    [
        ("12.5.1", "12.5", True),
        ("12.5.1", "12.9", True),
        ("12.5.1", "13.0", False),
        ("12.5.1", "12.3", False),
        ("9", "9.19.0", True),
        ("9", "8.9.7", False),
    ],
)
def test_libraries_go_with_those_that_were_built_with(built, now, fits, parts):
    assert parts("versions").goes_with(built, now) is fits


def test_libraries_match_if_all_do(parts):
    matching = parts("versions").matching
    build = {"cuda_version": "12.5.1", "cudnn_version": "9"}
    has, good = {"cudart": "12.5", "cudnn": "9.3.0"}, [{"fits": True}]
    assert matching(build, has, good) is True
    assert matching(build, has | {"cudart": "13.0"}, good) is False
    assert matching(build, has, [*good, {"fits": False}]) is False
    assert matching(build, {"cudart": "12.5"}, good) is None
    assert matching(build, has, []) is None


def test_libraries_are_found_where_linux_lists_them(parts, tmp_path, monkeypatch):
    code = parts("versions")
    lines = [
        "7f00-7f01 r-xp 0 08:01 12     /env/nvidia/cudnn/lib/libcudnn.so.9",
        "7f02-7f03 r-xp 0 08:01 12     /env/nvidia/cudnn/lib/libcudnn.so.9",
        "7f04-7f05 r-xp 0 08:01 13     /env/nvidia/runtime/lib/libcudart.so.12",
        "7f06-7f07 r-xp 0 08:01 14     /env/nvidia/cudnn/lib/libcudnn_ops.so.9",
        "7f08-7f09 rw-p 0 00:00 0",
    ]
    (tmp_path / "maps").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(code, "version_of", lambda name, path: f"{name} of {path[-2:]}")
    assert code.loaded(tmp_path / "maps") == {
        "cudnn": "cudnn of .9",
        "cudart": "cudart of 12",
    }
    assert code.loaded(tmp_path / "none") == {}


def test_libraries_say_their_versions_as_numbers(parts, monkeypatch):
    code = parts("versions")

    def set_to(value):
        def call(pointer):
            pointer._obj.value = value

        return call

    def part(which, pointer):
        pointer._obj.value = (12, 4, 5)[which]

    class Library(SimpleNamespace):
        cudaRuntimeGetVersion = staticmethod(set_to(12050))
        cublasGetProperty = staticmethod(part)

    def cudnn():
        return 91900

    Library.cudnnGetVersion = staticmethod(cudnn)
    monkeypatch.setattr(code.ctypes, "CDLL", lambda path: Library())
    found = [code.version_of(name, "") for name in ("cudart", "cudnn", "cublas")]
    assert found == ["12.5", "9.19.0", "12.4.5"]


def test_a_gpu_is_named_with_all_that_lies_between(parts, monkeypatch):
    """With a GPU that is not there."""
    code, sent = parts("versions"), []
    details = {"device_name": "GPU one", "compute_capability": (9, 0)}
    tf = SimpleNamespace(
        __version__="2",
        config=SimpleNamespace(
            list_physical_devices=lambda kind: ["first"],
            experimental=SimpleNamespace(get_device_details=lambda gpu: details),
        ),
        sysconfig=SimpleNamespace(
            get_build_info=lambda: {"cuda_version": "12.5.1", "cudnn_version": "9"}
        ),
    )
    keras = SimpleNamespace(__version__="3")
    asks = {
        "package": "nvidia-cudnn-cu12",
        "wants": ">=9.3",
        "has": "9.3.0",
        "fits": True,
    }
    for name, gives in {
        "start": (tf, keras, "GPU"),
        "load": {},
        "loaded": {"cudart": "12.5", "cudnn": "9.3.0"},
        "wanted": [asks],
        "driver": "580",
        "newest_cuda": "13.0",
    }.items():
        monkeypatch.setattr(code, name, lambda *_, gives=gives: gives)
    code.versions(None, sent.append)
    (row,) = sent
    assert row["device"] == {
        "kind": "GPU",
        "name": "GPU one",
        "compute_capability": "9.0",
        "driver": "580",
    }
    assert row["built_with"] == {"cuda": "12.5.1", "cudnn": "9"}
    assert row["matching"] is True and row["packages"] == [asks]
    monkeypatch.setattr(code, "load", lambda *_: 1 / 0)
    code.versions(None, sent.append)
    assert sent[1]["error"].startswith("ZeroDivisionError")


@needs_tensorflow
@pytest.mark.filterwarnings("ignore:__array__ impl:DeprecationWarning")  # Keras' own
def test_a_training_whose_time_is_up_leaves_its_weights(parts, tmp_path):
    net, sent = parts("net"), []
    asked = SimpleNamespace(quick=True, folder=tmp_path, name="one", until=time.time())
    try:
        net.train(asked, sent.append)
    finally:
        parts("versions").start()
    about, epoch, end = sent
    assert end["ended"] == "its time was up" and epoch["epoch"] == 1
    assert end["best_valid_loss"] == epoch["valid_loss"]
    language = parts("evaluation").read(tmp_path / "one.npz", net.settings_of(True))
    assert about["parameters"] == rt.tree.size(language.params)
    T, valid = net.QUICK["T"], net.texts(True).valid
    windows = (len(valid) - 1) // T
    same = language.evaluate(valid[: windows * T + 1], B=windows, T=T)
    assert same == pytest.approx(end["best_valid_loss"], abs=1e-3)


@needs_tensorflow
def test_what_tensorflow_wants_with_a_gpu_is_looked_up(parts, monkeypatch):
    """None of it is in an environment for the CPU."""
    code = parts("versions")
    metadata = code.importlib.metadata
    name = next(n for n in ("tensorflow-cpu", "tensorflow") if installed(metadata, n))
    lines = metadata.requires(name)
    monkeypatch.setattr(metadata, "requires", lambda _: lines)
    rows = code.wanted()
    assert "nvidia-cudnn-cu12" in [row["package"] for row in rows]
    assert all(row["package"].startswith("nvidia-") for row in rows)
    assert all(row["fits"] is False for row in rows if row["has"] is None)


def installed(metadata, name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
