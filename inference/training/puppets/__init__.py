# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of the First Order Motion Model on pictures that the mesh engine moves: art of any kind, all of it known."""

from .puppets_stage import PuppetsStage as PuppetsStage
