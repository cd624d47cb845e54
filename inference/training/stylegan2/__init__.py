# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of StyleGAN2: generator and discriminator against each other (Karras et al. 2020)."""

from .stylegan2_stage import StyleGAN2Stage as StyleGAN2Stage
