# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""DualStyleGAN (Yang et al. 2022, "Pastiche Master"): a StyleGAN2 with an extrinsic path for the style of an exemplar.

`network` is the generator, `modres` its structure blocks, `controls` what an artist can say, `sampler` random styles.
"""
