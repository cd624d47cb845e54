# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From tracked landmarks to channels, and from channels to the frames of a motion."""
