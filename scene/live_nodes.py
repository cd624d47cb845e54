# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node group that plays live cards: it turns the head and decides which part is seen; one group serves every card.

Shape keys have moved the mesh before. Whatever belongs to one card lies in its mesh (live_mesh.py), and the head's
channels arrive there too, as two vertices that shape keys move: so nothing in the group has to be animated, files keep
playing in any Blender, without the add-on, and copies of a card play by themselves. The formulas are the mesh engine's
(inference/engines/mesh: head_motion.py, outer_mesh.py, eyes.py, lid_skin.py).
"""

import bpy

from .cards import CORNERS
from .node_writer import NodeWriter

NAME = "Pastiche Live Card"
VERSION = 3  # of the group: another one is made anew
HEAD, FOLLOW, PAIR, EYES_SIGNAL, OTHER_SIGNAL, FADE, FAR, OPACITY = (
    f"pastiche_{name}" for name in ("head", "follow", "pair", "signal_a", "signal_b", "fade", "far", "opacity")
)
UV = "UVMap"
RECTANGLE = CORNERS  # vertices of the card itself, first of the mesh
RIGHT_TOP = 2  # of them
DIALS = RECTANGLE  # two vertices that the head's keys move; from here on the rows of HEAD
ROWS = 12
LANDMARKS = DIALS + ROWS  # where the face begins
(PIVOT, DOWN, YAW, PITCH, SHIFT, SIZES, OPENINGS, WIDTHS, RIGHT_IRIS, LEFT_IRIS, FAR_SIDE, STATE) = range(ROWS)
DEGREES = 90.0  # that a dial's key of 1 turns
MAX_ROLL = 45.0
EXACT, EXACT_SHIFT = 0.6, 0.85
LEANS = (0.04, 0.5)
LID_WEIGHT = 0.35
EYES = ((159, 145, 33, 133, 468), (386, 374, 263, 362, 473))  # upper lid, lower lid, corners, iris
LIPS = (13, 14)
UNSEEN = 0.02


def live_nodes():
    """The group, made when this file has none."""
    for group in bpy.data.node_groups:
        if group.get("pastiche_version") == VERSION and group.library is None:
            return group
    group = bpy.data.node_groups.new(NAME, 'GeometryNodeTree')
    group["pastiche_version"] = VERSION
    group.is_modifier = True
    group.interface.new_socket("Geometry", in_out='INPUT', socket_type='NodeSocketGeometry')
    group.interface.new_socket("Geometry", in_out='OUTPUT', socket_type='NodeSocketGeometry')
    _Writer(group).write()
    return group


class _Writer(NodeWriter):
    """Writes the group."""

    def write(self) -> None:
        entrance = self.node("NodeGroupInput").outputs[0]
        self.geometry = entrance
        self.position = self.add("GeometryNodeInputPosition")
        self.index = self.add("GeometryNodeInputIndex")
        self.down = self.constant(DOWN)
        is_live, relief, furthest = self.split(self.constant(STATE))
        angles, shift, scale, head_signal = self.head()
        is_face = self.compare('GREATER_EQUAL', self.index, LANDMARKS)
        position = self.kept_apart()
        moved = self.turned(position, angles, shift, scale)
        moved = self.flattened(self.on_card(moved), relief, furthest)
        opacity = self.opacity(head_signal)
        shown = self.node("GeometryNodeStoreNamedAttribute", data_type='FLOAT', domain='POINT')
        for name, value in (("Geometry", entrance), ("Name", OPACITY), ("Value", opacity)):
            self.connect(value, next(s for s in shown.inputs if s.name == name and s.enabled))
        unfolded = self.unfolded(self.without_unseen(shown.outputs[0]), angles[0])
        placed = self.node("GeometryNodeSetPosition")
        for name, value in (("Geometry", unfolded), ("Selection", is_face), ("Position", moved)):
            self.connect(value, placed.inputs[name])
        backed = self.node("GeometryNodeSetMaterialIndex")
        live = self.compare('GREATER_THAN', is_live, 0.5, 'FLOAT')
        is_rectangle = self.compare('EQUAL', self.index, 0)
        behind = self.add("FunctionNodeBooleanMath", live, is_rectangle, operation='AND')
        for name, value in (("Geometry", placed.outputs[0]), ("Selection", behind), ("Material Index", 1)):
            self.connect(value, backed.inputs[name])
        is_dial = self.add(
            "FunctionNodeBooleanMath",
            self.compare('GREATER_EQUAL', self.index, DIALS),
            self.compare('LESS_THAN', self.index, LANDMARKS),
            operation='AND',
        )
        not_live = self.add("FunctionNodeBooleanMath", live, operation='NOT')
        hidden = self.add("FunctionNodeBooleanMath", not_live, is_face, operation='AND')
        gone = self.add("FunctionNodeBooleanMath", hidden, is_dial, operation='OR')
        deleted = self.node("GeometryNodeDeleteGeometry", domain='POINT')
        for name, value in (("Geometry", backed.outputs[0]), ("Selection", gone)):
            self.connect(value, deleted.inputs[name])
        self.connect(deleted.outputs[0], self.node("NodeGroupOutput").inputs[0])

    def compare(self, operation: str, a, b, kind: str = 'INT'):
        return self.add("FunctionNodeCompare", a, b, data_type=kind, operation=operation)

    def attribute(self, name: str):
        return self.add("GeometryNodeInputNamedAttribute", name, data_type='FLOAT_VECTOR')

    def sample(self, field, index):
        """A vector field at one vertex."""
        node = self.node("GeometryNodeSampleIndex", data_type='FLOAT_VECTOR', domain='POINT')
        self.connect(self.geometry, node.inputs["Geometry"])
        self.connect(field, next(s for s in node.inputs if s.name == "Value" and s.enabled))
        self.connect(index, node.inputs["Index"])
        return next(s for s in node.outputs if s.enabled)

    def constant(self, row: int):
        return self.sample(self.attribute(HEAD), DIALS + row)

    def landmark(self, number: int):
        return self.sample(self.position, LANDMARKS + number)

    def soft_limit(self, value, low, high, exact: float):
        """As head_motion.soft_limit."""
        is_up = self.math('GREATER_THAN', value, 0.0)
        limit = self.math('SUBTRACT', self.math('MULTIPLY', is_up, self.math('ADD', high, low)), low)
        size, knee = self.math('ABSOLUTE', value), self.math('MULTIPLY', limit, exact)
        rest = self.math('MAXIMUM', self.math('SUBTRACT', limit, knee), 1e-6)
        excess = self.math('MAXIMUM', self.math('SUBTRACT', size, knee), 0.0)
        beyond = self.math('MULTIPLY', rest, self.math('TANH', self.math('DIVIDE', excess, rest)))
        return self.math(
            'MULTIPLY', self.math('SIGN', value), self.math('ADD', self.math('MINIMUM', size, knee), beyond)
        )

    def head(self):
        """Angles in degrees and shift after their limits, scale, and how far all that is from rest."""
        yaw_low, yaw_high, gain = self.split(self.constant(YAW))
        pitch_low, pitch_high, _ = self.split(self.constant(PITCH))
        widest, lowest, highest = self.split(self.constant(SHIFT))
        eye_distance, _, _ = self.split(self.constant(SIZES))
        turn = self.split(self.scaled(self.sample(self.position, DIALS), self.math('MULTIPLY', gain, DEGREES)))
        x, y, larger = self.split(self.sample(self.position, DIALS + 1))
        yaw = self.soft_limit(turn[0], yaw_low, yaw_high, EXACT)
        pitch = self.soft_limit(turn[1], pitch_low, pitch_high, EXACT)
        roll = self.soft_limit(turn[2], -MAX_ROLL, MAX_ROLL, EXACT)
        reach = self.math('MULTIPLY', eye_distance, gain)
        x = self.soft_limit(self.math('MULTIPLY', x, reach), self.math('MULTIPLY', widest, -1.0), widest, EXACT_SHIFT)
        y = self.soft_limit(self.math('MULTIPLY', y, reach), self.math('MULTIPLY', lowest, -1.0), highest, EXACT_SHIFT)
        scale = self.math('POWER', self.math('MAXIMUM', self.math('ADD', larger, 1.0), 0.05), gain)
        shift = self.joined(x, 0.0, y)
        far = self.math('DIVIDE', self.vector('LENGTH', shift), eye_distance)
        larger = self.math('ABSOLUTE', self.math('SUBTRACT', scale, 1.0))
        moved = self.math('MULTIPLY', self.math('ADD', far, larger), 60.0)
        turned = self.vector('LENGTH', self.joined(yaw, pitch, roll))
        return (yaw, pitch, roll), shift, scale, self.math('ADD', moved, turned)

    def kept_apart(self):
        """Positions of which no upper lid or lip has passed the lower one."""
        partner, side, least = self.split(self.attribute(PAIR))
        other = self.sample(self.position, self.math('ADD', partner, 0.25))
        gap = self.vector('DOT_PRODUCT', self.vector('SUBTRACT', other, self.position), self.down)
        gap = self.math('MULTIPLY', gap, self.math('SIGN', side))
        missing = self.math('MAXIMUM', self.math('SUBTRACT', least, gap), 0.0)
        return self.vector('SUBTRACT', self.position, self.scaled(self.down, self.math('MULTIPLY', missing, side)))

    def turned(self, position, angles, shift, scale):
        """Positions as the head carries them: fully on the face, less and less around it."""
        turn, lean, layer = self.split(self.attribute(FOLLOW))
        pivot = self.constant(PIVOT)
        yaw, pitch, roll = (self.math('RADIANS', angle) for angle in angles)
        point = position
        for kind, angle in (('X_AXIS', self.math('MULTIPLY', pitch, -1.0)), ('Z_AXIS', yaw), ('Y_AXIS', roll)):
            node = self.node("ShaderNodeVectorRotate", rotation_type=kind)
            for name, value in (("Vector", point), ("Center", pivot), ("Angle", angle)):
                self.connect(value, node.inputs[name])
            point = node.outputs[0]
        point = self.vector('ADD', pivot, self.scaled(self.vector('SUBTRACT', point, pivot), scale))
        _, unit, _ = self.split(self.constant(SIZES))
        leaning = self.smoothstep(*LEANS, self.math('DIVIDE', self.vector('LENGTH', shift), unit))
        along = self.math('ADD', turn, self.math('MULTIPLY', leaning, lean))
        moved = self.vector('ADD', position, self.scaled(self.vector('SUBTRACT', point, position), turn))
        moved = self.vector('ADD', moved, self.scaled(shift, along))
        return self.vector('ADD', moved, self.joined(0.0, layer, 0.0))

    def without_unseen(self, geometry):
        """The geometry without faces that are not seen: the solid view knows no opacity. Points keep their numbers."""
        opacity = self.add("GeometryNodeInputNamedAttribute", OPACITY, data_type='FLOAT')
        unseen = self.compare('LESS_THAN', opacity, UNSEEN, 'FLOAT')
        is_part = self.compare('GREATER_THAN', self.index, 0)  # face 0 is the card's rectangle
        node = self.node("GeometryNodeDeleteGeometry", domain='FACE', mode='EDGE_FACE')
        chosen = self.add("FunctionNodeBooleanMath", unseen, is_part, operation='AND')
        for name, value in (("Geometry", geometry), ("Selection", chosen)):
            self.connect(value, node.inputs[name])
        return node.outputs[0]

    def unfolded(self, geometry, yaw):
        """The geometry with the far side of the face taken from where the picture shows it (far_side.py)."""
        side, low, high = self.split(self.constant(FAR_SIDE))
        into_view = self.smoothstep(low, high, self.math('MULTIPLY', self.math('MULTIPLY', yaw, side), -1.0))
        place = self.vector('ADD', self.attribute(UV), self.scaled(self.attribute(FAR), into_view))
        node = self.node("GeometryNodeStoreNamedAttribute", data_type='FLOAT2', domain='CORNER')
        for name, value in (("Geometry", geometry), ("Name", UV), ("Value", place)):
            self.connect(value, next(s for s in node.inputs if s.name == name and s.enabled))
        return node.outputs[0]

    def on_card(self, position):
        """Positions no further than the card's border: what moves out of the picture ends there."""
        x, y, z = self.split(position)
        width, _, height = self.split(self.sample(self.position, RIGHT_TOP))
        x, z = (
            self.math('MINIMUM', self.math('MAXIMUM', place, self.math('MULTIPLY', half, -1.0)), half)
            for place, half in ((x, width), (z, height))
        )
        return self.joined(x, y, z)

    def flattened(self, position, relief, furthest):
        """Positions in low relief before the card's own plane."""
        x, y, z = self.split(position)
        before = self.math('MINIMUM', self.math('SUBTRACT', y, furthest), self.math('MULTIPLY', furthest, -0.01))
        return self.joined(x, self.math('MULTIPLY', before, relief), z)

    def opacity(self, head_signal):
        """How much of each part is seen."""
        openings, widths = self.split(self.constant(OPENINGS)), self.split(self.constant(WIDTHS))
        lids, eyes = [], []
        for eye, opening, width, iris in zip(EYES, openings, widths, (RIGHT_IRIS, LEFT_IRIS), strict=False):
            upper, lower, outer, inner, middle = (self.landmark(number) for number in eye)
            ratio = self.math('DIVIDE', self.gap(upper, lower), opening)
            lids.append(self.math('SUBTRACT', 1.0, self.math('MAXIMUM', ratio, 0.0)))
            corners = self.scaled(self.vector('ADD', outer, inner), 0.5)
            looks = self.vector('SUBTRACT', self.vector('SUBTRACT', middle, corners), self.constant(iris))
            gaze = self.math('DIVIDE', self.vector('LENGTH', looks), width)
            changed = self.math('MULTIPLY', self.math('ABSOLUTE', self.math('SUBTRACT', ratio, 1.0)), LID_WEIGHT)
            eyes.append(self.math('MAXIMUM', gaze, changed))
        mouth = self.math('DIVIDE', self.gap(*(self.landmark(number) for number in LIPS)), widths[2])
        first = self.vector('DOT_PRODUCT', self.attribute(EYES_SIGNAL), self.joined(*lids, mouth))
        second = self.vector('DOT_PRODUCT', self.attribute(OTHER_SIGNAL), self.joined(*eyes, head_signal))
        low, high, _ = self.split(self.attribute(FADE))
        return self.smoothstep(low, high, self.math('ADD', first, second))

    def gap(self, upper, lower):
        return self.vector('DOT_PRODUCT', self.vector('SUBTRACT', lower, upper), self.down)
