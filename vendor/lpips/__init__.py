# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How unlike two pictures look to people, learned from their judgments.

For: R. Zhang, P. Isola, A. Efros, E. Shechtman, O. Wang, "The Unreasonable Effectiveness of Deep Features as a
Perceptual Metric" (arXiv 1801.03924), on AlexNet or VGG-16. The authors' checkpoints load key for key after a renaming.
"""
