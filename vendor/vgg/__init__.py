# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""VGG-19's convolutions, as a measure of how alike pictures look.

For: K. Simonyan, A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (arXiv 1409.1556).
Checkpoints of torchvision's layout load key for key. Not for: naming what a picture shows.
"""
