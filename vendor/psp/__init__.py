# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""pSp (Richardson et al. 2021): a portrait to the latents of a StyleGAN2, and the identity network of its training.

`ir_se` is the backbone both share (Deng et al. 2019, IR-SE50), `encoder` the pyramid with a head per latent, `psp` the
encoder as checkpoints hold it, `identity` the face descriptor.
"""
