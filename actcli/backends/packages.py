"""Which packages are installed, without importing them."""

from __future__ import annotations

import importlib.util

#: Suffixes of the distributions of a package for different machines.
VARIANTS = ("", "-cpu", "-gpu", "-intel", "-macos", "-rocm", "-directml", "-openvino")


def version_of(package: str) -> str | None:
    """The version of a package's distribution; None if it is not installed.

    >>> version_of("click") is not None, version_of("no_such_package")
    (True, None)
    """
    if not is_installed(package):
        return None
    from importlib.metadata import PackageNotFoundError, packages_distributions, version

    for variant in VARIANTS:
        try:
            return version(package + variant)
        except PackageNotFoundError:
            continue
    for distribution in packages_distributions().get(package, ()):
        return version(distribution)
    return "unknown"


def is_installed(package: str) -> bool:
    """Whether a package can be imported; a mere folder of its name does not count."""
    spec = importlib.util.find_spec(package)
    return spec is not None and spec.origin is not None
