"""Simulations beside a user's own Brian2: what Brian2 keeps for a whole process is lent to a run and given back.

Device, default clock, random numbers and preferences exist once in a process. A run has its own of each, so it gives
the same bytes whatever the process has done before, and the user finds all as it was. While it lasts, no other thread
may use Brian2; runs in several threads wait for each other.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from brian2 import prefs

# The module; its package has the current device under this name.
_devices: Any = importlib.import_module("brian2.devices.device")

_SIMULATING = threading.RLock()

# Brian2's own preferences, without those of packages that extend it.
_DECISIVE = ("core", "codegen", "legacy", "devices.cpp_standalone")
# Those among them that say where things are and what is kept of them: no result depends on it.
_HARMLESS = (
    "codegen.cpp.include_dirs",
    "codegen.cpp.library_dirs",
    "codegen.cpp.runtime_library_dirs",
    "codegen.max_cache_dir_size",
    "codegen.runtime.cython.cache_dir",
    "codegen.runtime.cython.delete_source_files",
    "codegen.runtime.cython.multiprocess_safe",
    "core.outdated_dependency_error",
)


@contextlib.contextmanager
def default_preferences() -> Iterator[None]:
    """Brian2's defaults for every preference that could change a result; the user's own afterwards."""
    kept = {}
    try:
        for category, (known, _) in prefs.pref_register.items():
            if category in _DECISIVE or category.startswith(("core.", "codegen.")):
                for name, preference in known.items():
                    full = f"{category}.{name}"
                    if full not in _HARMLESS:
                        kept[full] = prefs[full]
                        prefs[full] = copy.copy(preference.default)
        yield
    finally:
        for full, value in kept.items():
            prefs[full] = value


@contextlib.contextmanager
def isolated() -> Iterator[None]:
    """A process to itself, for a simulation on Brian2's runtime device: nothing of the user's is seen or changed.

    It waits for a simulation of another thread to end.
    """
    with _SIMULATING, default_preferences(), _own_random_numbers(), _own_device():
        # An interrupt must end a run, not leave the rest of its arrays empty.
        prefs.core.stop_on_keyboard_interrupt = False
        yield


@contextlib.contextmanager
def _own_device() -> Iterator[None]:
    # `set_device` would activate the user's device again, whose options and clock would not be what they were.
    users = _devices.active_device
    own = _devices.RuntimeDevice()
    try:
        _devices.active_device = own
        own.activate()  # makes its default clock
        yield
    finally:
        _devices.active_device = users


@contextlib.contextmanager
def _own_random_numbers() -> Iterator[None]:
    state = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(state)
