# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""StyleGAN2 (Karras et al. 2020) in the layout of StyleGAN2-ADA and of everything NVIDIA published after it.

`shape` holds the numbers of a network, `mapping` goes from z to w (StyleGAN3 uses the same), `synthesis` from w to the
picture; it is made of `modulation`, `layers` and the filter of `..stylegan2.resampling`. `generator` puts them
together. Attribute names follow the published networks, so their tensors load strictly. Plain PyTorch, no compiled
operators.
"""
