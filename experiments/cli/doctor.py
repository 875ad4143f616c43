"""Is everything here that burstlab needs? Compiler, make, versions, cache, disk; and a tiny model, compiled and run.

The tiny model is compiled in the cache folder and run in the folder of results: what a run would meet there is met
here.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from ..engine import cache, identity, key, removal
from ..errors import RunError
from ..limits import BACKENDS, COMPILING
from ..runs import runner
from ..runs.plans import plan


def examine(say: Callable[[str], None] = lambda text: None) -> Iterator[tuple[bool, str, str]]:
    """Each finding as (all right, what, details); `say` is told what takes long before it begins."""
    for tool in (key.compiler_command()[0], "make"):
        yield _tool(tool)
    for name, version in identity.versions().items():
        yield True, name, version
    try:
        folder = cache.cache_folder()
    except RunError as error:
        yield False, "cache", str(error)
        return
    known = cache.entries(folder)
    size = sum(file.stat().st_size for entry in known for file in entry.rglob("*") if file.is_file())
    yield True, "cache", f"{folder}: {len(known)} programs, {size / 1e6:.1f} MB"
    results = _results()
    for what, place in (("disk for the cache", _existing(folder)), ("disk for results", results)):
        free = shutil.disk_usage(place).free
        yield free > 1e9, what, f"{free / 1e9:.1f} GB free at {place}"
    say(f"compiling and running a tiny model ({COMPILING}) ...")
    yield _tiny_model(folder, results)
    yield True, "backends", ", ".join(BACKENDS)


def _tool(name: str) -> tuple[bool, str, str]:
    path = shutil.which(name)
    if path is None:
        return False, name, "not found; the cpp backend needs it"
    said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout.splitlines()
    return True, name, said[0] if said else path


def _results() -> Path:
    """Where runs go without --out; the folder that would get it, where it is not there yet."""
    return _existing(Path.cwd() / "results")


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def _tiny_model(folder: Path, results: Path) -> tuple[bool, str, str]:
    planned = plan("current_steps")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with removal.private("building", folder) as programs, removal.private("work", results) as place:
            built = cache.compiled(planned.experiment, planned.config, planned.float_bits, cache=programs)
            summary = runner.execute(planned, place / "run", compiled=built).summary
    except OSError as error:
        return False, "tiny model", f"{error.filename or folder}: {error.strerror or error}"
    except RunError as error:
        return False, "tiny model", str(error)
    spikes = sum(summary["spike_count"])
    return (
        spikes > 0,
        "tiny model",
        f"compiled in {summary['compile_s']:.1f} s, {summary['simulated_s']:g} s of one cell run in "
        f"{summary['run_s']:.2f} s, {spikes} spikes",
    )
