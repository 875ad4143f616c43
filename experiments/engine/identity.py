"""The identity of a run: everything that decides its numbers, one for single runs, seeds, sweeps and their workers.

It is read from what config.json says of a run, so that a run that is there and one that is planned are compared by the
same function. Names of presets, times and places are no part of it. Nor is the processor: the bytes of results are the
same on machines of one type only, which a checkpoint asks for and a mean over seeds does not.
"""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from ..errors import RunError, option
from . import key

# What a result depends on; h5py and python only write it down.
DECIDING = ("burstlab", "brian2", "numpy")
_WRITER = "h5py"
PACKAGES = (*key.SIMULATION, "analysis")

_CALLED = {
    "experiment": "experiment",
    "seed": "seed",
    "backend": "backend",
    "float_bits": "precision",
    "parameters": "set of parameters",
    "compile_flags": "set of compile flags",
    "compiler": "compiler",
    "sources": "version of burstlab's source",
    "source": "content of the experiment's own file",
    "machine": "type of machine",
    "weights": "set of given weights",
    "recording": "choice of recorded cells",
    "data": "set of data",
    "packages": "set of versions",
    **{name: f"version of {name}" for name in DECIDING},
}


def program(backend: str, packages: tuple[str, ...] = ()) -> dict[str, Any]:
    """What config.json says of the program that makes a run, whatever is simulated, and of packages that it uses."""
    from .device import COMPILE_FLAGS

    compiled = backend == "cpp"
    return {
        "backend": backend,
        "versions": versions() | {name: found for name in packages if (found := _version(name))},
        "sources": _sources(),
        "machine": platform.machine(),
        "compiler": key.compiler() if compiled else None,
        "compile_flags": COMPILE_FLAGS if compiled else [],
    }


def versions() -> dict[str, str]:
    """Versions of what a result depends on, and of what wrote it."""
    return dict(_versions())


@functools.cache
def _version(package: str) -> str | None:
    """Of a package; None where it is not installed, which is an error of the run that needs it."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


@functools.cache
def _versions() -> dict[str, str]:
    return {name: metadata.version(name) for name in (*DECIDING, _WRITER)} | {
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


@functools.cache
def _sources() -> str:
    return key.sources(PACKAGES)


def parts(config: Mapping[str, Any]) -> dict[str, Any]:
    """What decides the numbers of a run, by name, from what config.json says of it."""
    known = config.get("versions") or {}
    weights, recording = config.get("weights") or {}, config.get("recording") or {}
    found = {name: config.get(name) for name in _CALLED}
    found |= {name: known.get(name) for name in DECIDING}
    found["source"] = (config.get("source") or {}).get("sha256")
    found["weights"] = weights.get("sha256")
    found["data"] = (config.get("data") or {}).get("sha256")
    told = (*DECIDING, _WRITER, "python", "platform")
    found["packages"] = {name: version for name, version in known.items() if name not in told}
    found["recording"] = {name: recording.get(name) for name in ("cells", "window")}
    return found


def identity(config: Mapping[str, Any]) -> str:
    """The hash of what decides the numbers of a run."""
    return hashlib.sha256(json.dumps(parts(config), sort_keys=True).encode()).hexdigest()


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any], but: tuple[str, ...] = ()) -> list[str]:
    """In words what decides the numbers and differs between two runs, "another version of numpy (1.26, not 2.3)".

    Where one of them was planned without a compiler at hand, compilers are not compared.
    """
    ours, theirs = parts(wanted), parts(found)
    if None in (ours["compiler"], theirs["compiler"]):
        but = (*but, "compiler")
    return [
        f"another {called}{_shown(theirs[name], ours[name])}"
        for name, called in _CALLED.items()
        if name not in but and theirs[name] != ours[name]
    ]


def check_same(what: str, found: Mapping[str, Any], wanted: Mapping[str, Any], but: tuple[str, ...] = ()) -> None:
    """Refuse to go on with, or to average over, what another program or other settings made.

    Raises
    ------
    RunError
    """
    if found_ := differences(found, wanted, but):
        raise RunError(
            f"{what} was made with {', '.join(found_)}; move it elsewhere, or begin again with {option('force')}"
        )


def _shown(theirs: Any, ours: Any) -> str:
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        names = [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)]
        shown = [f"{name} = {theirs.get(name)}, not {ours.get(name)}" for name in names[:3]]
        return f" ({'; '.join(shown)}{' ...' if len(names) > 3 else ''})"
    if isinstance(theirs, str | int) and isinstance(ours, str | int) and len(f"{theirs}{ours}") < 100:
        return f" ({theirs}, not {ours})"
    return ""
