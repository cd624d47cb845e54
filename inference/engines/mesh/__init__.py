# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default engine: a portrait as a mesh, at the art's own resolution, without weights."""

from .mesh_engine import MeshEngine
from .settings import MeshSettings

__all__ = ["MeshEngine", "MeshSettings"]
