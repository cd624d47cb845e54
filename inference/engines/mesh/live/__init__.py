# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A card as plain data that Blender deforms by itself: what the mesh engine does to a picture, as a mesh with keys."""

from .live_card import LiveCard, make_live_card

__all__ = ["LiveCard", "make_live_card"]
