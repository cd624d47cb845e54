# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The channels of a card: every named, animatable number that can play it.

Both processes read this table: Blender makes one custom property per channel, the worker fills and evaluates them.
Expression names are the 52 of Apple's ARKit (`ARFaceAnchor.BlendShapeLocation`), because capture tools and rigs know
them. Left and right are the subject's own. Not for: how a channel deforms a face (inference/motion/expression.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """One animatable float.

    `rest` is its value on an untouched card. `soft` is the range of the slider, `hard` the range that may be typed or
    keyed. `unit` is 'FACTOR', 'DEGREES', 'EYE_DISTANCES' (outer eye corner to outer eye corner, of the card's face),
    'RATIO' or 'FRAMES'.
    """

    name: str
    group: str
    rest: float
    soft: tuple[float, float]
    hard: tuple[float, float]
    unit: str
    description: str


_EXPRESSIONS = {
    "Eyes": (
        "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
        "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight",
        "eyeSquintRight", "eyeWideRight",
    ),
    "Jaw": ("jawForward", "jawLeft", "jawRight", "jawOpen"),
    "Mouth": (
        "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight",
        "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft",
        "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
        "mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
        "mouthUpperUpRight",
    ),
    "Brows": ("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    "Cheeks": ("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut"),
}  # fmt: skip


def _expression(name: str, group: str) -> Channel:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return Channel(name, group, 0.0, (0.0, 1.0), (-1.0, 2.0), "FACTOR", words[0].upper() + words[1:])


EXPRESSIONS = tuple(_expression(name, group) for group, names in _EXPRESSIONS.items() for name in names)

HEAD = (
    Channel("headYaw", "Head", 0.0, (-30, 30), (-90, 90), "DEGREES", "Turn towards the picture's right"),
    Channel("headPitch", "Head", 0.0, (-25, 25), (-90, 90), "DEGREES", "Nod, positive looks up"),
    Channel("headRoll", "Head", 0.0, (-40, 40), (-180, 180), "DEGREES", "Tilt, positive is clockwise in the picture"),
    Channel("headX", "Head", 0.0, (-1, 1), (-10, 10), "EYE_DISTANCES", "Move towards the picture's right"),
    Channel("headY", "Head", 0.0, (-1, 1), (-10, 10), "EYE_DISTANCES", "Move up in the picture"),
    Channel("headScale", "Head", 1.0, (0.5, 2.0), (0.1, 10), "RATIO", "Size of the head against the card at rest"),
)

TAKE = (
    Channel(
        "takeFrame", "Take", 0.0, (0, 1000), (0, 10_000_000), "FRAMES",
        "Frame of the captured footage that lends its finer motion, wrinkles and mouth",
    ),
    Channel(
        "takeDetail", "Take", 0.0, (0, 1), (0, 1), "FACTOR",
        "How much of the footage's finer motion, wrinkles and mouth is added to the channels",
    ),
    Channel(
        "motionStrength", "Take", 1.0, (0, 1), (0, 2), "FACTOR",
        "How far the card follows its footage, where the engine moves it by the footage's keypoints",
    ),
)  # fmt: skip

STYLE = (
    Channel("structure", "Style", 1.0, (0, 1), (0, 2), "FACTOR", "How much of the style's structure the card takes"),
    Channel("color", "Style", 1.0, (0, 1), (0, 2), "FACTOR", "How much of the style's color the card takes"),
    Channel("exemplarMix", "Style", 0.0, (0, 1), (0, 1), "FACTOR", "From the look's exemplar to its second one"),
)

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in (*EXPRESSIONS, *HEAD, *TAKE, *STYLE)}
GROUPS = tuple(dict.fromkeys(channel.group for channel in CHANNELS.values()))
REST: dict[str, float] = {name: channel.rest for name, channel in CHANNELS.items()}


def expression_channels(name: str) -> tuple[Channel, Channel]:
    """The channels of a kept drag: how much of it is added to the card, and how far along its way."""
    return (
        Channel(f"drag:{name}", "Drag", 0.0, (0.0, 1.0), (-4.0, 4.0), "FACTOR", f"How much of the kept drag {name}"),
        Channel(f"path:{name}", "Drag", 1.0, (0.0, 1.0), (0.0, 1.0), "FACTOR", f"How far along the way of {name}"),
    )


IMAGE = (
    Channel("imageX", "Image", 0.0, (-1, 1), (-10, 10), "RATIO", "Move the network's picture right, in its widths"),
    Channel("imageY", "Image", 0.0, (-1, 1), (-10, 10), "RATIO", "Move the network's picture down, in its widths"),
    Channel("imageAngle", "Image", 0.0, (-180, 180), (-3600, 3600), "DEGREES", "Turn the network's picture clockwise"),
)  # of cards that a StyleGAN3 draws
