# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inception-v3 as the Frechet Inception Distance uses it: pictures -> 2048 numbers each.

For: C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision" (arXiv 1512.00567); M. Heusel et
al., "GANs Trained by a Two Time-Scale Update Rule" (arXiv 1706.08500). Not for: naming what a picture shows.
"""
