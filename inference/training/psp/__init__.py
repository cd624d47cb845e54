# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of an encoder: a portrait becomes the latents with which a generator draws it (Richardson et al. 2021)."""

from .psp_stage import PSpStage as PSpStage
