# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dragging a card's picture by its points: what of it is Blender data, and the session with the worker."""
