# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of DualStyleGAN: a second path, of an exemplar's style, beside a generator (Yang et al. 2022)."""

from .pretrain_stage import PretrainStage as PretrainStage
