"""What decides which program is compiled: its key in the cache, and the compiler it is made with.

Two structures, versions, processors or settings whose programs could differ have different keys. The compiler is not
part of the key, since a program in the cache must be found where no compiler is installed; it is part of the name of
the entry (cache.py).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from ..contract.settings import settings, structure

# Versions of all that writes the program's source: Brian2's code generator, and what that is made of.
GENERATORS = ("brian2", "numpy", "sympy", "jinja2", "burstlab")
# What make and compilers take from the environment beside their command lines.
COMPILER_SETTINGS = (
    "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX", "SDKROOT",
    "MACOSX_DEPLOYMENT_TARGET",
)  # fmt: skip
# What the builder does not see: flags that would be taken in place of those of device.py.
HIDDEN_SETTINGS = (
    "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "FLAGS", "LFLAGS", "MAKEFLAGS", "GNUMAKEFLAGS", "MFLAGS", "MAKEFILES",
)  # fmt: skip
SIMULATION = ("equations", "models", "experiments")
# Rooms in which runs are ordered, kept and shown.
OUTSIDE = ("experiments/runs", "experiments/cli", "experiments/explore")


def cache_key(experiment: Any, config: Any, float_bits: int) -> str:
    """The hash of everything but the compiler that decides what the compiled program is."""
    from .device import COMPILE_FLAGS

    parts = [
        json.dumps(
            [experiment.name, settings(structure(config)), added(experiment), float_bits, COMPILE_FLAGS],
            sort_keys=True,
        ),
        sources(SIMULATION),
        _generators(metadata.version),
        platform.python_version(),
        _machine(),
        json.dumps([os.environ.get(name) for name in COMPILER_SETTINGS]),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@functools.cache
def _generators(version: Callable[[str], str]) -> str:
    # What is installed is read from files of some kilobytes each, which takes longer than the rest of the key.
    return " ".join(f"{name} {version(name)}" for name in GENERATORS)


def added(experiment: Any) -> dict[str, Any]:
    """What recorders and given weights add to an experiment, and the hash of where it is written, if not here."""
    source = experiment.source.sha256 if experiment.source is not None else None
    return {"recorded": dict(experiment.recorded), "given": experiment.is_given, "source": source}


def sources(packages: tuple[str, ...]) -> str:
    """The hash of every source file of some of our packages, but for the rooms that no program depends on."""
    digest = hashlib.sha256()
    for package in packages:
        for name, content in _files(resources.files(f"burstlab.{package}"), package):
            digest.update(f"{name}\n".encode() + content)
    return digest.hexdigest()


def _files(folder: Any, place: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{place}/{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__" and name not in OUTSIDE:
            yield from _files(entry, name)
        elif entry.is_file() and not entry.name.endswith((".pyc", ".pyi")):
            yield name, entry.read_bytes()


# ---- the machine -----------------------------------------------------------------------------------------------------

# Of a core, or of a moment; everything else that the kernel says of a processor may decide what -march=native means.
_VOLATILE = re.compile(
    r"(?i)processor|core id|cpu cores|siblings|(initial )?apicid|physical id|cpu mhz|clock|bogomips|hart|mmu|timebase|"
    r"power management|bugs|microcode|address sizes|serial"
)


def _machine() -> str:
    # With -march=native a program needs the features of its processor, and it is linked to the system's libraries,
    # which give it its exp: a home folder may be shared by several machines.
    return "\n".join([platform.system(), platform.machine(), *platform.libc_ver(), _processor()])


def _processor() -> str:
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        known = (line.partition(":") for line in lines if ":" in line)
        return "\n".join(sorted({f"{name.strip()}:{value}" for name, _, value in known if not _VOLATILE.match(name)}))
    with contextlib.suppress(OSError, subprocess.SubprocessError):  # macOS
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return platform.processor()


# ---- the compiler ----------------------------------------------------------------------------------------------------


def compiler_command() -> list[str]:
    """The C++ compiler that make calls: $CXX, or g++."""
    return shlex.split(os.environ.get("CXX", "")) or ["g++"]


def compiler() -> str | None:
    """What the compiler says of its version and target; None without one."""
    command = compiler_command()
    path = shutil.which(command[0])
    return None if path is None else _said_by(path, tuple(command[1:]), os.stat(path).st_mtime_ns)


@functools.cache
def _said_by(path: str, options: tuple[str, ...], changed: int) -> str | None:
    said = []
    for question in ("--version", "-dumpmachine"):
        done = subprocess.run([path, *options, question], capture_output=True, text=True, check=False)
        said += done.stdout.splitlines()[:1]
    return ", ".join(said) or path
