# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads when a job needs torch and the worker's environment has none."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..bridge.errors import RuntimeMissingError

_PACKAGES = {"skimage": "scikit-image"}  # module -> package, where they differ


@contextmanager
def importing_torch(what: str) -> Iterator[None]:
    """Around imports that need torch, or more. Raises RuntimeMissingError that says what needs which package."""
    try:
        yield
    except ModuleNotFoundError as error:
        remedy = "Install the worker's environment with torch in the preferences of Pastiche."
        if error.name != "torch":
            remedy = f"Install {_PACKAGES.get(error.name, error.name)} into the Python that runs this."
        raise RuntimeMissingError(f"{what} needs the Python package {error.name}.", remedy) from error
