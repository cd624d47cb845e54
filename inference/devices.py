# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this machine can compute on and which engines can run, found out in milliseconds: torch is never imported here.

A graphics card counts when torch is installed with CUDA, as its version file says, and NVIDIA's driver names it.
"""

import ctypes
import importlib.util
import platform
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from ..bridge.catalogue import BASE_NEEDS, ENGINES

ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = {
    "numpy": ("numpy",),
    "opencv": ("opencv-contrib-python-headless", "opencv-contrib-python", "opencv-python-headless", "opencv-python"),
    "av": ("av",),
    "pillow": ("pillow",),
    "torch": ("torch",),
}


def devices() -> list[str]:
    """Names, the preferred one first, the processor always last: "cuda:0 NVIDIA H200", "mps", "cpu"."""
    return [*(f"cuda:{i} {name}" for i, name in enumerate(_cuda_names())), *_metal(), "cpu"]


def engines() -> dict[str, str]:
    """Engine name -> "" when it can run, else what is missing and what to do."""
    missing = {name: _missing((*BASE_NEEDS, *engine.needs)) for name, engine in ENGINES.items()}
    remedy = "Install the neural engines in the preferences of Pastiche."
    return {name: f"{', '.join(modules)} missing. {remedy}" if modules else "" for name, modules in missing.items()}


def versions() -> dict[str, str]:
    """Program or package -> version, of what is installed."""
    found = {"pastiche": pastiche_version(), "python": platform.python_version(), "system": platform.platform()}
    return found | {name: version for name, packages in _PACKAGES.items() if (version := _version(packages))}


def pastiche_version() -> str:
    """Our version, as the manifest says."""
    with (ROOT / "blender_manifest.toml").open("rb") as file:
        return str(tomllib.load(file)["version"])


def _version(packages: tuple[str, ...]) -> str:
    for package in packages:
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return ""


def _missing(modules: tuple[str, ...]) -> list[str]:
    return [name for name in modules if importlib.util.find_spec(name) is None]


def _torch_version_file() -> str:
    spec = importlib.util.find_spec("torch")
    try:
        return (Path(spec.origin).parent / "version.py").read_text("utf-8") if spec and spec.origin else ""
    except OSError:
        return ""


def _metal() -> list[str]:
    is_apple = sys.platform == "darwin" and platform.machine() == "arm64"
    return ["mps"] if is_apple and importlib.util.find_spec("torch") else []


def _cuda_names() -> list[str]:
    if not re.search(r"^cuda\b[^=]*=\s*['\"]\d", _torch_version_file(), re.MULTILINE):
        return []
    try:
        library = ctypes.CDLL("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1")
    except OSError:
        return []
    return _nvml_names(library)


def _nvml_names(library: ctypes.CDLL) -> list[str]:
    """The names of the cards, by NVIDIA's management library (NVML API reference: nvmlDeviceGetName)."""
    if library.nvmlInit_v2() != 0:
        return []
    try:
        count = ctypes.c_uint()
        if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != 0:
            return []
        return [_nvml_name(library, i) for i in range(count.value)]
    finally:
        library.nvmlShutdown()


def _nvml_name(library: ctypes.CDLL, index: int) -> str:
    device, name = ctypes.c_void_p(), ctypes.create_string_buffer(96)
    if library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(device)) != 0:
        return "unknown"
    is_named = library.nvmlDeviceGetName(device, name, len(name)) == 0
    return name.value.decode("utf-8", "replace") if is_named else "unknown"
