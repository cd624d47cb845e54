# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hand-written idea of what each of ARKit's expressions does to the face mesh, where its basis starts from.

Handles: landmark -> (x, y, z) displacement at 1, face frame (x right as seen, y down, z away), centimeters of the
canonical face. Between handles it is a mean weighted by gaussians of the way along the skin, by which the two lips, and
the two lids, are far from each other. Right-sided channels are written, left-sided ones mirrored.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from pastiche.bridge.channels import CHANNELS
from pastiche.inference.faces import topology
from pastiche.inference.motion.gaze import FULL

Handles = dict[int, tuple[float, float, float]]

SPREAD = 0.9  # centimeters along the skin
STILLNESS = 0.15  # pull of the resting face against the handles
REACH = {"Eyes": 1.0, "Brows": 1.5}  # centimeters along the skin from what a channel moves much to what footage may add
FAR_REACH = 2.3  # for the other groups
# What actors show often and plainly. The rest keeps nearer to the idea, or it would learn what is left over.
PLAIN = (
    "jawOpen", "jawLeft", "jawRight", "eyeBlink", "brow", "mouthSmile", "mouthFrown", "mouthPucker",
    "mouthStretch", "mouthLeft", "mouthRight", "mouthUpperUp", "mouthLowerDown",
)  # fmt: skip


def _many(landmarks: tuple[int, ...], x: float, y: float, z: float) -> Handles:
    return dict.fromkeys(landmarks, (x, y, z))


_RIGHT: dict[str, Handles] = {
    "mouthSmileRight": {
        61: (-0.9, -0.8, 0.35), 78: (-0.8, -0.75, 0.3), 40: (-0.4, -0.35, 0.15), 91: (-0.4, -0.35, 0.15),
        205: (-0.1, -0.35, -0.15), 207: (-0.3, -0.35, 0.0), 101: (0, -0.2, 0), 0: (0, 0, 0.1), 17: (0, 0, 0.1),
    },
    "mouthFrownRight": {
        61: (-0.05, 0.8, 0.05), 78: (-0.05, 0.75, 0.05), 40: (0, 0.3, 0), 91: (0, 0.35, 0), 207: (0, 0.25, 0),
        0: (0, 0, 0), 17: (0, 0, 0),
    },
    "mouthDimpleRight": {61: (-0.45, 0, 0.45), 78: (-0.4, 0, 0.4), 40: (-0.15, 0, 0.1), 91: (-0.15, 0, 0.1),
                         0: (0, 0, 0), 17: (0, 0, 0)},
    "mouthStretchRight": {61: (-0.9, 0.25, 0.2), 78: (-0.8, 0.25, 0.2), 40: (-0.4, 0.1, 0.1), 91: (-0.45, 0.2, 0.1),
                          0: (0, 0, 0), 17: (0, 0.05, 0)},
    "mouthPressRight": {39: (0, 0.1, 0.1), 40: (0, 0.1, 0.05), 181: (0, -0.12, 0.1), 91: (0, -0.1, 0.05),
                        61: (-0.05, 0, 0.05), 0: (0, 0.05, 0), 17: (0, -0.05, 0)},
    "mouthUpperUpRight": {37: (0, -0.45, 0), 39: (0, -0.55, 0), 40: (-0.05, -0.4, 0), 82: (0, -0.45, 0),
                          81: (0, -0.55, 0), 80: (-0.05, -0.4, 0), 61: (0, 0, 0), 98: (0, -0.15, 0), 267: (0, -0.1, 0)},
    "mouthLowerDownRight": {84: (0, 0.55, 0), 181: (0, 0.65, 0), 91: (-0.05, 0.4, 0), 87: (0, 0.55, 0),
                            178: (0, 0.65, 0), 88: (-0.05, 0.4, 0), 61: (0, 0, 0), 152: (0, 0, 0), 314: (0, 0.15, 0)},
    "cheekSquintRight": {50: (0, -0.35, -0.1), 101: (0, -0.3, -0.1), 205: (0, -0.2, 0), 61: (0, 0, 0),
                         145: (0, -0.08, 0)},
    "noseSneerRight": {98: (-0.05, -0.35, 0.05), 48: (0, -0.35, 0.05), 129: (0, -0.3, 0), 39: (0, -0.2, 0),
                       61: (0, 0, 0), 4: (0, 0, 0)},
    "browDownRight": {107: (0.2, 0.5, 0), 55: (0.2, 0.5, 0), 66: (0.1, 0.45, 0), 65: (0.1, 0.45, 0),
                      105: (0, 0.35, 0), 52: (0, 0.35, 0), 63: (0, 0.2, 0), 70: (0, 0.1, 0), 159: (0, 0, 0)},
    "browOuterUpRight": {70: (0, -0.65, 0), 46: (0, -0.6, 0), 63: (0, -0.7, 0), 53: (0, -0.65, 0), 105: (0, -0.5, 0),
                         52: (0, -0.5, 0), 66: (0, -0.2, 0), 107: (0, 0, 0), 159: (0, 0, 0), 68: (0, -0.2, 0)},
}  # fmt: skip

_CENTRAL: dict[str, Handles] = {
    "jawOpen": {
        152: (0, 1.9, 0.6), 175: (0, 2.1, 0.5), 200: (0, 2.8, 0.3), 17: (0, 3.0, 0.1), 14: (0, 3.1, 0.1),
        **_many((84, 314), 0, 2.9, 0.1), **_many((87, 317), 0, 3.0, 0.1), **_many((181, 405), 0, 2.4, 0.1),
        **_many((178, 402), 0, 2.5, 0.1), 61: (0.35, 0.9, 0), 291: (-0.35, 0.9, 0), **_many((149, 378), 0, 1.7, 0.5),
        **_many((136, 365), 0, 1.0, 0.3), **_many((58, 288), 0, 0.3, 0.1), 0: (0, -0.2, 0), 13: (0, -0.2, 0),
        **_many((37, 267), 0, -0.2, 0), **_many((205, 425), 0, 0.1, 0.1), 4: (0, 0, 0),
    },
    "jawForward": {**_many((152, 175, 200, 17, 14, 149, 378), 0, 0, -0.8), **_many((61, 291), 0, 0, -0.3),
                   0: (0, 0, -0.1), **_many((58, 288), 0, 0, -0.2)},
    "jawLeft": {**_many((152, 175, 200, 149, 378), 0.9, 0, 0), **_many((17, 14, 84, 314), 0.7, 0, 0),
                **_many((61, 291), 0.4, 0, 0), **_many((0, 13), 0.15, 0, 0), **_many((58, 288), 0.3, 0, 0)},
    "mouthClose": {**_many((14, 87, 317, 17, 84, 314), 0, -2.4, 0), **_many((178, 402, 181, 405), 0, -2.0, 0),
                   **_many((13, 82, 312, 0, 37, 267), 0, 0.7, 0), **_many((61, 291), 0, -0.4, 0),
                   152: (0, 0, 0), 175: (0, -0.2, 0), 4: (0, 0, 0)},
    "mouthFunnel": {**_many((0, 37, 267), 0, -0.35, -0.45), **_many((17, 84, 314), 0, 0.45, -0.45),
                    **_many((13, 82, 312), 0, -0.3, -0.3), **_many((14, 87, 317), 0, 0.4, -0.3),
                    61: (0.55, 0, -0.2), 291: (-0.55, 0, -0.2), 4: (0, 0, 0), 152: (0, 0.05, 0)},
    "mouthPucker": {**_many((0, 37, 267), 0, 0.05, -0.5), **_many((17, 84, 314), 0, -0.05, -0.5),
                    **_many((13, 82, 312), 0, 0.0, -0.4), **_many((14, 87, 317), 0, 0.0, -0.4),
                    61: (0.95, 0, -0.2), 291: (-0.95, 0, -0.2), 205: (0.15, 0, 0), 425: (-0.15, 0, 0), 4: (0, 0, 0)},
    "mouthLeft": {**_many((0, 13, 17, 14, 37, 84, 267, 314), 0.8, 0, 0), **_many((61, 291), 0.8, 0, 0.05),
                  **_many((200, 175), 0.3, 0, 0), 152: (0.1, 0, 0), 2: (0.15, 0, 0), **_many((205, 425), 0.2, 0, 0)},
    "mouthRollUpper": {**_many((0, 37, 267), 0, 0.28, 0.15), **_many((39, 269), 0, 0.22, 0.1),
                       **_many((13, 82, 312), 0, 0.08, 0.1), **_many((61, 291), 0, 0, 0), 2: (0, 0.05, 0)},
    "mouthRollLower": {**_many((17, 84, 314), 0, -0.35, 0.15), **_many((181, 405), 0, -0.28, 0.1),
                       **_many((14, 87, 317), 0, -0.08, 0.1), **_many((61, 291), 0, 0, 0), 200: (0, -0.1, 0)},
    "mouthShrugUpper": {**_many((0, 37, 267), 0, -0.3, -0.1), **_many((13, 82, 312), 0, -0.35, -0.05),
                        **_many((39, 269), 0, -0.2, -0.05), **_many((61, 291), 0, 0, 0), 2: (0, -0.08, 0)},
    "mouthShrugLower": {**_many((17, 84, 314), 0, -0.4, -0.2), **_many((14, 87, 317), 0, -0.35, -0.1),
                        200: (0, -0.45, -0.1), 199: (0, -0.35, 0), 175: (0, -0.2, 0), **_many((61, 291), 0, 0.05, 0)},
    "browInnerUp": {**_many((107, 336), 0, -0.75, 0), **_many((55, 285), 0, -0.65, 0), **_many((66, 296), 0, -0.5, 0),
                    **_many((65, 295), 0, -0.45, 0), **_many((105, 334), 0, -0.2, 0), **_many((70, 300), 0, 0, 0),
                    9: (0, -0.35, 0), 8: (0, -0.2, 0), 151: (0, -0.3, 0), **_many((159, 386), 0, 0, 0)},
    "cheekPuff": {205: (-0.2, 0, -0.35), 425: (0.2, 0, -0.35), 207: (-0.35, 0, -0.3), 427: (0.35, 0, -0.3),
                  187: (-0.35, 0, -0.25), 411: (0.35, 0, -0.25), 61: (0.1, 0, 0), 291: (-0.1, 0, 0)},
}  # fmt: skip

_FROM_UPPER, _FROM_LOWER = 0.9, 0.1  # of the way each lid goes when the eye closes
_ROWS = (  # upper lid with crease and socket, lower lid likewise; how much of the lid's way each row goes
    (topology.RIGHT_UPPER_LID, topology.RIGHT_UPPER_CREASE, topology.RIGHT_UPPER_SOCKET),
    (topology.RIGHT_LOWER_LID, topology.RIGHT_LOWER_CREASE, topology.RIGHT_LOWER_SOCKET),
)
_ROW_SHARES = (1.0, 0.55, 0.15)


def _lids(upper: float, lower: float) -> NDArray:
    """Lids moved by fractions of the opening towards each other (negative: apart), their creases with them."""
    shape = topology.canonical_shape()
    delta = np.zeros_like(shape)
    opening = shape[list(topology.RIGHT_LOWER_LID)] - shape[list(topology.RIGHT_UPPER_LID)]
    for rows, way in ((_ROWS[0], upper * opening), (_ROWS[1], -lower * opening)):
        for row, share in zip(rows, _ROW_SHARES, strict=True):
            delta[list(row)] = share * way
    return delta


def _look(name: str) -> NDArray:
    """The iris moved by a full look, exactly; the lids follow it up and down."""
    shape = topology.canonical_shape()
    outer, inner = (shape[i] for i in topology.RIGHT_EYE_CORNERS)
    axis = inner - outer  # to the picture's right, one eye width
    axis = axis * (1, 1, 0)
    down = np.array([-axis[1], axis[0], 0])
    way = {"Out": -axis * FULL[0], "In": axis * FULL[0], "Up": -down * FULL[1], "Down": down * FULL[1]}[name]
    lids = {"Out": 0.0, "In": 0.0, "Up": -0.25, "Down": 0.45}[name]
    delta = _lids(lids, -lids / 3)
    delta[list(topology.RIGHT_IRIS)] = way
    return delta


def expression_prior() -> dict[str, NDArray]:
    """Channel name -> displacement (478, 3) at 1."""
    right = {name: _spread(handles) for name, handles in _RIGHT.items()}
    right["eyeBlinkRight"] = _lids(_FROM_UPPER, _FROM_LOWER)
    right["eyeWideRight"] = _lids(-0.3, -0.05)
    right["eyeSquintRight"] = _lids(0.1, 0.3)
    right |= {f"eyeLook{name}Right": _look(name) for name in ("Out", "In", "Up", "Down")}
    prior = {name: _spread(handles) for name, handles in _CENTRAL.items()}
    for name in ("jawLeft", "mouthLeft"):
        prior[name.replace("Left", "Right")] = mirrored(prior[name])
    for name, delta in right.items():
        prior[name] = delta
        prior[name.replace("Right", "Left")] = mirrored(delta)
    return prior


def mirrored(delta: NDArray) -> NDArray:
    """Displacements (..., 478, 3) of the mirrored face."""
    return delta[..., topology.mirror_indices(), :] * np.array([-1, 1, 1])


def mirrored_name(name: str) -> str:
    """The channel on the other side, or the same."""
    if name.endswith("Left"):
        return name[:-4] + "Right"
    return name[:-5] + "Left" if name.endswith("Right") else name


def reach(name: str, delta: NDArray) -> NDArray:
    """How freely footage may change a channel at each landmark, (478,), 0..1: at what moves much, less further off."""
    if name.startswith("eyeLook"):  # lids follow the eye, sideways too
        delta = _lids(1.0, 1.0) if name.endswith("Right") else mirrored(_lids(1.0, 1.0))
    size = np.linalg.norm(delta[: topology.N_SKIN], axis=1)
    strong = np.flatnonzero(size > 0.35 * size.max()) if size.max() else np.arange(0)
    result = np.zeros(topology.N_LANDMARKS)
    if len(strong):
        way = ways_along_skin()[strong].min(axis=0)
        result[: topology.N_SKIN] = np.exp(-0.5 * (way / REACH.get(CHANNELS[name].group, FAR_REACH)) ** 2)
    if name.startswith("eyeLook"):
        result[[*topology.RIGHT_EYE_CORNERS, *topology.LEFT_EYE_CORNERS]] = 0  # gaze is measured against them
    if name.endswith(("Left", "Right")) and not name.startswith(("mouth", "jaw")):
        side = topology.canonical_shape()[:, 0] * (1 if name.endswith("Left") else -1)
        result *= np.clip(side + 0.5, 0, 1)  # over one centimeter about the middle
    return result


def carry_irises(basis: NDArray, names: tuple[str, ...]) -> None:
    """Let irises go where the corners of their eye go, in place, so that only eyeLook channels move gaze.

    basis: (K, 478, 3).
    """
    rows = [i for i, name in enumerate(names) if not name.startswith("eyeLook")]
    for corners, iris in (
        (topology.RIGHT_EYE_CORNERS, topology.RIGHT_IRIS),
        (topology.LEFT_EYE_CORNERS, topology.LEFT_IRIS),
    ):
        middle = basis[:, list(corners)].mean(axis=1)
        for point in iris:
            basis[rows, point] = middle[rows]


@cache
def ways_along_skin() -> NDArray:
    """Length of the shortest way between any two skin landmarks along the mesh, (468, 468), centimeters."""
    shape = topology.canonical_shape()[: topology.N_SKIN].astype(np.float64)
    ways = np.full((topology.N_SKIN, topology.N_SKIN), np.inf)
    np.fill_diagonal(ways, 0)
    for triangle in topology.triangles()[: -topology.N_OPENING_TRIANGLES]:
        for a, b in zip(triangle, np.roll(triangle, 1), strict=True):
            ways[a, b] = ways[b, a] = np.linalg.norm(shape[a] - shape[b])
    for middle in range(topology.N_SKIN):  # Floyd and Warshall
        np.minimum(ways, ways[:, middle, None] + ways[middle], out=ways)
    return ways


def _spread(handles: Handles) -> NDArray:
    landmarks, moves = list(handles), np.array(list(handles.values()), np.float64)
    pull = np.exp(-0.5 * (ways_along_skin()[:, landmarks] / SPREAD) ** 2)
    delta = np.zeros((topology.N_LANDMARKS, 3))
    delta[: topology.N_SKIN] = pull @ moves / (pull.sum(axis=1, keepdims=True) + STILLNESS)
    return delta
