# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that come from a latent: dragging their points, and finding the latent of a photograph.

Dragging: `drag` is one edit, step by step; `tracking`, `motion` and `mask_loss` are DragGAN's three terms, on the
`pixel_grid` that ties pixels to features; `feature_block` computes those features and nothing beyond them, from
`fixed_layers` where nothing changes. `editor` is what an artist does with it, `history` the way back, `keeping` writes
an expression down. Inversion: `projection` finds the latent, `tuning` fits the network to the picture. Cards:
`latent_engine` plays kept expressions, `photograph` puts them back into what was inverted. `comparison` measures drags.
"""
