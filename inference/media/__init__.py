# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels and sound in and out of files. Not for: faces, motion, or anything that knows what a picture shows."""
