# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures of made pictures against real ones.

likeness   L1, PSNR, SSIM, MS-SSIM            faces     landmarks, identity, missing faces, jitter
frechet    distance of two sets of features   features  the networks that make them (torch)
evaluate   two clips, or two folders of clips, measure by measure and frame by frame

PSNR and SSIM are scikit-image's; matrix roots are SciPy's. Only identity and Frechet distances need torch.
"""
