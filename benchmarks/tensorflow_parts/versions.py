"""What computes: the device, its driver, and the versions of all that lies between it
and Keras.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import re

import numpy as np
from _lib import results

from rnntutor.keras import require_tensorflow
from tensorflow_parts import attempt

# NVIDIA's libraries that tell their version, as parts of a file's name
LIBRARIES = ("cudart", "cudnn", "cublas", "cufft", "cusolver", "cusparse")
BUILT = {"cuda": "cudart", "cudnn": "cudnn"}  # what TensorFlow names, and its library
LOADED = re.compile(rf"(/\S*/lib({'|'.join(LIBRARIES)})\.so[.\d]*)$", re.MULTILINE)


def start(tf32=False):
    """TensorFlow, Keras, and "GPU" or "CPU"; memory of a GPU is taken as it is needed.

    By default TensorFlow rounds the factors of float32 products to TF32's 10 bits where
    a GPU can; here it does so if asked.
    """
    tf, keras = require_tensorflow()
    tf.get_logger().setLevel("ERROR")  # many graphs are wanted here
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    tf.config.experimental.enable_tensor_float_32_execution(tf32)
    return tf, keras, "GPU" if gpus else "CPU"


def version_of(name, path):
    """What a library of NVIDIA's says of its own version."""
    library, number = ctypes.CDLL(path), ctypes.c_int()
    if name == "cudart":
        library.cudaRuntimeGetVersion(ctypes.byref(number))
        return dotted(number.value)
    if name == "cudnn":
        library.cudnnGetVersion.restype = ctypes.c_size_t
        whole = library.cudnnGetVersion()
        return f"{whole // 10000}.{whole // 100 % 100}.{whole % 100}"
    numbers = []
    for which in range(3):  # major, minor, patch
        getattr(library, f"{name}GetProperty")(which, ctypes.byref(number))
        numbers.append(str(number.value))
    return ".".join(numbers)


def dotted(number):
    """CUDA's 12050 as 12.5."""
    return f"{number // 1000}.{number % 1000 // 10}"


def loaded(maps="/proc/self/maps"):
    """The versions of NVIDIA's libraries in this process, where Linux lists them."""
    try:
        with open(maps, encoding="utf-8") as file:
            found = dict.fromkeys(LOADED.findall(file.read()))
    except OSError:
        return {}
    return {name: version_of(name, path) for path, name in found}


def newest_cuda():
    """The CUDA version that the driver goes up to; None without one."""
    number = ctypes.c_int()
    try:
        ctypes.CDLL("libcuda.so.1").cuDriverGetVersion(ctypes.byref(number))
    except (OSError, AttributeError):
        return None
    return dotted(number.value)


def driver():
    """The version of NVIDIA's driver, where Linux says it."""
    try:
        with open("/proc/driver/nvidia/version", encoding="utf-8") as file:
            found = re.search(r"\d+\.\d+(\.\d+)?", file.read())
    except OSError:
        return None
    return found.group() if found else None


def goes_with(built, now):
    """Whether a library does for a program built with another version of it: the same
    first number, and after it no older one.
    """
    old, new = ([int(n) for n in re.findall(r"\d+", one)] for one in (built, now))
    shared = min(len(old), len(new))
    return old[0] == new[0] and new[:shared] >= old[:shared]


def wanted():
    """Each package that `tensorflow[and-cuda]` asks for: what it wants and what there
    is.
    """
    from packaging.requirements import Requirement  # Keras brings it

    rows = []
    for line in importlib.metadata.requires("tensorflow") or ():
        asks = Requirement(line)
        if not (asks.marker and asks.marker.evaluate({"extra": "and-cuda"})):
            continue
        if asks.marker.evaluate({"extra": ""}):
            continue  # wanted on a CPU, too
        try:
            has = importlib.metadata.version(asks.name)
        except importlib.metadata.PackageNotFoundError:
            has = None
        fits = has is not None and asks.specifier.contains(has, prereleases=True)
        wants = str(asks.specifier)
        rows.append({"package": asks.name, "wants": wants, "has": has, "fits": fits})
    return rows


def matching(build, now, packages):
    """Whether TensorFlow runs with the libraries that it was built for; None where
    that cannot be told.
    """
    pairs = [
        (build.get(f"{key}_version"), now.get(name)) for key, name in BUILT.items()
    ]
    if not packages or not all(built and has for built, has in pairs):
        return None
    fits = all(goes_with(built, has) for built, has in pairs)
    return fits and all(one["fits"] for one in packages)


def load(tf, keras):
    """Make TensorFlow load its libraries: a product, and an LSTM."""
    tf.linalg.matmul(tf.ones((8, 8)), tf.ones((8, 8)))
    keras.layers.LSTM(4)(tf.ones((2, 3, 4)))
    return {}


def versions(asked, send):
    """One row: the device, the versions, and whether they go together."""
    tf, keras, kind = start()
    tf32 = (
        "a CPU has none" if kind == "CPU" else "off but where a row says that it is on"
    )
    about = {"kind": kind, "name": results.cpu_model()}
    row = {
        "device": about,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "tf32": tf32,
    }
    if kind == "GPU":
        gpu = tf.config.list_physical_devices("GPU")[0]
        found = tf.config.experimental.get_device_details(gpu)
        build = tf.sysconfig.get_build_info()
        row = attempt(row, lambda: load(tf, keras))
        about["name"] = found.get("device_name", "GPU")
        capability = map(str, found.get("compute_capability", ()))
        about |= {"compute_capability": ".".join(capability), "driver": driver()}
        packages = attempt({}, lambda: {"packages": wanted()}).get("packages", [])
        row |= {
            "built_with": {name: build.get(f"{name}_version") for name in BUILT},
            "runs_with": loaded(),
            "driver_up_to_cuda": newest_cuda(),
            "packages": packages,
        }
        row["matching"] = matching(build, row["runs_with"], packages)
    send(row)
