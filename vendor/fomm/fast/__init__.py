# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same networks from fewer operations, for rendering only.

Every rearrangement is exact up to rounding: normalizations folded into convolutions, enlargement and convolution in
one, heads that read the same tensor merged, one affine map per keypoint, whatever depends on the source alone kept.
The plain networks remain the reference; tests hold the two together.
"""
