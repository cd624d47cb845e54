# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of DualStyleGAN where the same people are at hand as photographs and in styles: learned from pairs."""

from .pairs_stage import PairsStage as PairsStage
