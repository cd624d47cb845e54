# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests in Blender: the vertices of an object as they are shown."""

import bpy
import numpy as np


def shown_vertices(thing):
    """(n, 3), in the object's space, after keys, drivers and modifiers."""
    thing.update_tag()
    layer = bpy.context.view_layer
    layer.update()
    mesh = thing.evaluated_get(layer.depsgraph).data
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)
