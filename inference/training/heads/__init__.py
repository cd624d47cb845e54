# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered people to learn from: parametric heads (CC0), natural and in art styles, with all that is true of them."""
