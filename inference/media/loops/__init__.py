# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that play forever: GIF, APNG and WebP with their alpha, made to fit into a message."""

from .loop import write_loop

__all__ = ["write_loop"]
