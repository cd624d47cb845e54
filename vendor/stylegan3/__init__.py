# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""StyleGAN3 (Karras et al. 2021), configurations T (translation) and R (rotation too).

`shape` derives the size, rate and band of each layer, `filters` designs their low-pass filters, `resampling` applies
them, `fourier_input` and `layer` are the two kinds of layers, `synthesis` and `generator` put them together; the
mapping network is StyleGAN2's. Attribute names follow the published networks. Plain PyTorch, no compiled operators.
"""
