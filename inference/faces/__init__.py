# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faces in pictures: where they are, how they are turned, what belongs to the person."""
