"""How long tests wait before they say that nothing happens, and which are left to `make test-long`."""

from __future__ import annotations

import pytest

# s, for what takes a minute at most on a machine that does nothing else: most of it is a compiler's. What takes longer
# gets a multiple. It is no measure of anything: it only ends a test that hangs, on a machine under any load.
PATIENCE = 600.0

# Parameters of a fixture that compiles a network of its own: tests that use it are in `make test-long`.
LONG = [pytest.param(None, marks=pytest.mark.long, id="long")]


def long(*values):
    """One of a test's parameters that is left to `make test-long`."""
    return pytest.param(*values, marks=pytest.mark.long)
