# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""MediaPipe's networks without its Python: one small graph per model, image in, arrays of floats out.

Only the extension module and the model files of the `mediapipe` wheel are touched: importing the package itself takes
most of a second, loads matplotlib and a sound library, and asks for jax. Not for: what the numbers mean
(face_detector.py, face_mesh.py, matte.py). A graph is not thread safe: each worker thread makes its own.
"""

import importlib.machinery
import importlib.util
import sys
import threading
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from ...bridge.errors import RuntimeMissingError

_BINDINGS = "mediapipe.python._framework_bindings"
_REMEDY = "Install the background process again, or install mediapipe 0.10.21 and protobuf 4 into its Python."
_lock = threading.Lock()

_HEAD = """
input_stream: "image"
node { calculator: "ImageToTensorCalculator" input_stream: "IMAGE:image" output_stream: "TENSORS:input"
  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
    output_tensor_width: %(size)d output_tensor_height: %(size)d output_tensor_float_range { min: %(low)g max: 1 } } } }
node { calculator: "TfLiteCustomOpResolverCalculator" output_side_packet: "OP_RESOLVER:resolver" }
node { calculator: "InferenceCalculator" input_stream: "TENSORS:input" output_stream: "TENSORS:output"
  input_side_packet: "OP_RESOLVER:resolver"
  options { [mediapipe.InferenceCalculatorOptions.ext] {
    model_path: "%(model)s" delegate { xnnpack { num_threads: 1 } } } } }
node { calculator: "SplitTensorVectorCalculator" input_stream: "output" %(split)s
  options { [mediapipe.SplitVectorCalculatorOptions.ext] { %(ranges)s } } }
"""
_OUTPUT = """
output_stream: "floats%(i)d"
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:tensor%(i)d" output_stream: "FLOATS:floats%(i)d" }
"""


class Network:
    """One of the wheel's networks, run on square RGB images.

    model: its path below the wheel's `mediapipe/modules`.   size: side of the input in pixels.   low: what black
    is mapped to (white is 1).   outputs: how many tensors it has.
    Raises RuntimeMissingError where MediaPipe is missing.
    """

    def __init__(self, model: str, size: int, low: float, outputs: int) -> None:
        self._bindings = _bindings()
        self.size = size
        self._names = [f"floats{i}" for i in range(outputs)]
        self._packets: dict = {}
        config = _HEAD % {
            "size": size,
            "low": low,
            "model": f"mediapipe/modules/{model}",
            "split": " ".join(f'output_stream: "tensor{i}"' for i in range(outputs)),
            "ranges": " ".join(f"ranges {{ begin: {i} end: {i + 1} }}" for i in range(outputs)),
        }
        config += "".join(_OUTPUT % {"i": i} for i in range(outputs))
        self._graph = self._bindings.calculator_graph.CalculatorGraph(graph_config=config)
        for name in self._names:
            self._graph.observe_output_stream(name, self._packets.__setitem__, False)
        self._graph.start_run({})
        self._time = 0

    def __call__(self, image: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """The network's outputs, flat, for an image (size, size, 3) uint8 RGB."""
        bindings = self._bindings
        pixels = np.ascontiguousarray(image)
        packet = bindings._packet_creator._create_image_frame_from_pixel_data(
            bindings.image_frame.ImageFormat.SRGB, pixels, True
        )
        self._time += 1
        self._packets.clear()
        packet = packet.at(bindings.timestamp.Timestamp(self._time))
        self._graph.add_packet_to_input_stream(stream="image", packet=packet)
        self._graph.wait_until_idle()
        getter = bindings._packet_getter.get_float_list
        return [np.array(getter(self._packets[name]), np.float32) for name in self._names]


def is_available() -> bool:
    """Whether MediaPipe's bindings load here."""
    try:
        _bindings()
    except RuntimeMissingError:
        return False
    return True


@cache
def _bindings() -> ModuleType:
    with _lock:
        if _BINDINGS in sys.modules:
            module = sys.modules[_BINDINGS]
        else:
            module = _load_bindings()
        module.resource_util.set_resource_dir(str(_wheel_folder().parent))
        return module


def _wheel_folder() -> Path:
    found = importlib.util.find_spec("mediapipe")
    if found is None or not found.submodule_search_locations:
        raise RuntimeMissingError("MediaPipe, which finds faces, is not installed.", _REMEDY)
    return Path(found.submodule_search_locations[0])


def _load_bindings() -> ModuleType:
    """Load the extension module under its own name, so that a later `import mediapipe` finds and shares it."""
    file = importlib.machinery.PathFinder.find_spec("_framework_bindings", [str(_wheel_folder() / "python")])
    if file is None or file.origin is None:
        raise RuntimeMissingError("This version of MediaPipe lacks the graphs Pastiche runs.", _REMEDY)
    spec = importlib.util.spec_from_file_location(_BINDINGS, file.origin)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        raise RuntimeMissingError(f"MediaPipe does not load: {error}.", _REMEDY) from error
    sys.modules[_BINDINGS] = module
    return module
