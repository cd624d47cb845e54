# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads when a job needs torch and the worker's environment has none."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..bridge.errors import RuntimeMissingError


@contextmanager
def importing_torch(what: str) -> Iterator[None]:
    """Around imports that need torch. Raises RuntimeMissingError that says what needs which package."""
    try:
        yield
    except ModuleNotFoundError as error:
        remedy = "Install the worker's environment with torch in the preferences of Pastiche."
        raise RuntimeMissingError(f"{what} needs the Python package {error.name}.", remedy) from error
