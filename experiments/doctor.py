"""Is everything here that burstlab needs? Compiler, make, versions, cache, disk; and a tiny model, compiled and run."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import current_steps, program, record
from .errors import RunError
from .simulation import BACKENDS


def examine() -> Iterator[tuple[bool, str, str]]:
    """Each finding as (all right, what, details)."""
    for tool in ("g++", "make"):
        yield _tool(tool)
    for name, version in record.versions().items():
        yield True, name, version
    cache = program.cache_folder()
    entries = [path for path in cache.glob("*") if path.is_dir()] if cache.is_dir() else []
    size = sum(file.stat().st_size for entry in entries for file in entry.rglob("*") if file.is_file())
    yield True, "cache", f"{cache}: {len(entries)} programs, {size / 1e6:.1f} MB"
    for what, folder in (("disk for the cache", _existing(cache)), ("disk here", Path.cwd())):
        free = shutil.disk_usage(folder).free
        yield free > 1e9, what, f"{free / 1e9:.1f} GB free at {folder}"
    yield _tiny_model()
    yield True, "backends", ", ".join(BACKENDS)


def _tool(name: str) -> tuple[bool, str, str]:
    path = shutil.which(name)
    if path is None:
        return False, name, "not found; the cpp backend needs it"
    said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout.splitlines()
    return True, name, said[0] if said else path


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def _tiny_model() -> tuple[bool, str, str]:
    config = current_steps.PRESETS["quick"]
    try:
        with tempfile.TemporaryDirectory() as folder:
            built = program.compiled(current_steps, config, 32, cache=Path(folder))
            done = program.run_program(built, current_steps.values(config, 1), 1, Path(folder))
        spikes = len(done.raw["time"])
    except RunError as error:
        return False, "tiny model", str(error)
    return (
        spikes > 0,
        "tiny model",
        f"compiled in {done.compile_s:.1f} s, 0.8 s of one cell run in {done.run_s:.2f} s, {spikes} spikes",
    )
