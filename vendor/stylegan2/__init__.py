# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""StyleGAN2 (Karras et al. 2020) in the checkpoint layout that DualStyleGAN and pSp use.

`shape` holds sizes and widths, `latents` the arithmetic of W, `generator` and `discriminator` the networks; they are
made of `layers`, `modulation` and `resampling`. Plain PyTorch, no compiled operators.
"""
