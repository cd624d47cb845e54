# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make inference/faces/networks from MediaPipe's wheel: `python tools/landmark_networks mediapipe-0.10.21-....whl`.

Get it with `pip download --no-deps --python-version 3.11 --only-binary :all: mediapipe==0.10.21`. The landmark model
is cut in four, because three of its operators are MediaPipe's own: inference/faces/feature_crop.py does what they do.
"""

import sys
import zipfile
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from landmark_networks.convert import convert  # noqa: E402
from landmark_networks.tflite_file import TFLiteFile  # noqa: E402

FOLDER = Path(__file__).resolve().parents[2] / "inference" / "faces" / "networks"
MESH = "face_landmark/face_landmark_with_attention"
CROP = "transform_tensor_bilinear_v2"
# file -> model, names of the tensors it begins and ends with (none: the model's own); MediaPipe's left is as seen
NETWORKS: dict[str, tuple[str, list[str], list[str]]] = {
    "detection_short_range": ("face_detection/face_detection_short_range", [], []),
    "detection_full_range": ("face_detection/face_detection_full_range_sparse", [], []),
    "segmentation": ("selfie_segmentation/selfie_segmentation", [], []),
    "face_mesh": (MESH, [], ["output_mesh", "conv_faceflag", "p_re_lu_3"]),
    "lips": (MESH, [CROP], ["conv_lips"]),
    "right_eye": (MESH, [f"{CROP}_1"], ["conv_left_eye", "conv_left_iris"]),
    "left_eye": (MESH, [f"{CROP}_2"], ["conv_right_eye", "conv_right_iris"]),
}


def main(wheel: Path) -> None:
    """Write every network of the table."""
    FOLDER.mkdir(exist_ok=True)
    with zipfile.ZipFile(wheel) as files:
        for name, (model, begin, end) in NETWORKS.items():
            network = TFLiteFile(files.read(f"mediapipe/modules/{model}.tflite"))
            inputs = [network.names.index(tensor) for tensor in begin] or network.inputs
            outputs = [network.names.index(tensor) for tensor in end] or network.outputs
            (FOLDER / f"{name}.onnx").write_bytes(convert(network, inputs, outputs))


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)  # a network is as deep as it is long
    main(Path(sys.argv[1]))
