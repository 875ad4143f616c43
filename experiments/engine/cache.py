"""The cache of compiled programs: an experiment's program is built once per structure, and run any number of times.

An entry is a folder named by the hash of everything structural (key.py) and that of the compiler. It is made under
another name and published by a rename, so an entry that exists is whole; a lock keeps processes that want the same
entry from building it twice. A program is run only if nobody but its owner could have put it there.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..contract.settings import settings, structure
from ..contract.source import ordered
from ..errors import RunError, option
from . import key, removal

MANIFEST = "manifest.json"
_TELLING = re.compile(r"No space left|\berror: |Permission denied|not found")
LOCK_TIMEOUT = 600.0  # s; a compile takes half a minute or so, and those who wait for it should see it end


@dataclass(frozen=True)
class Program:
    """A compiled program in the cache, and the time that its compilation took just now (0 if it was there)."""

    folder: Path
    compile_s: float

    @property
    def manifest(self) -> dict[str, Any]:
        """What can be set, what comes out, and the compiler."""
        return json.loads((self.folder / MANIFEST).read_text())


def cache_folder() -> Path:
    """Where programs are kept: $BURSTLAB_CACHE, or burstlab/ under the user's cache folder; an absolute path.

    Raises
    ------
    RunError
        If there is neither that variable nor a home folder.
    """
    named, standard = os.environ.get("BURSTLAB_CACHE"), os.environ.get("XDG_CACHE_HOME", "")
    try:
        if named:
            return Path(named).expanduser().absolute()
        # The standard has relative paths there ignored.
        place = Path(standard).expanduser()
        return (place if place.is_absolute() else Path.home() / ".cache") / "burstlab"
    except RuntimeError:
        raise RunError("no home folder to keep compiled programs in; set BURSTLAB_CACHE to a folder of yours") from None


def compiled(experiment: Any, config: Any, float_bits: int, cache: Path | None = None) -> Program:
    """The program for a config, from the cache or compiled now.

    Parameters
    ----------
    experiment : Experiment
    config : Config
        Only its structure counts.
    float_bits : {32, 64}
        Precision of states.
    cache : Path, optional
        Another folder than `cache_folder()`.

    Raises
    ------
    RunError
        Without a compiler, with a cache folder that cannot be written, with a program in it that others could have
        put there, or if the lock is not had in time.
    """
    name = key.cache_key(experiment, config, float_bits)
    cache = cache or cache_folder()
    if (found := _found(cache, name)) is not None:
        return Program(found, 0.0)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _lock(cache / f"{name}.lock"):
            if (found := _found(cache, name)) is not None:
                return Program(found, 0.0)
            began = time.perf_counter()
            entry = _build_entry(cache, name, experiment, config, float_bits)
            return Program(entry, time.perf_counter() - began)
    except OSError as error:
        raise RunError(
            f"cannot write to the cache folder {cache} ({error.strerror}); set BURSTLAB_CACHE to another folder"
        ) from None


def is_compiled(experiment: Any, config: Any, float_bits: int) -> bool:
    """Whether a run of this config needs no compiler."""
    return there(experiment, config, float_bits) is not None


def there(experiment: Any, config: Any, float_bits: int) -> Program | None:
    """The program for a config if it is in the cache; nothing is compiled."""
    found = _found(cache_folder(), key.cache_key(experiment, config, float_bits))
    return None if found is None else Program(found, 0.0)


def entries(cache: Path) -> list[Path]:
    """The programs in a cache folder."""
    found = cache.glob("*") if cache.is_dir() else ()
    return [path for path in found if removal.CACHE.folder(path.name)[1] is removal.PROGRAM and path.is_dir()]


def clear_cache() -> int:
    """Remove every program but those that are being built, and nothing else; returns how many there were."""
    cache = cache_folder()
    before = entries(cache)
    with contextlib.ExitStack() as held:
        building = []
        for lock in cache.glob("*.lock") if cache.is_dir() else ():
            try:
                held.enter_context(_lock(lock, patience=0))
            except RunError:
                building.append(lock.stem)
        busy = [entry.name for entry in cache.glob("*") if any(name in entry.name for name in building)]
        removal.empty(cache, removal.CACHE, keep=tuple(busy))
    removal.remove(cache, removal.Made())
    return len(before) - len(entries(cache))


# ---- one entry -------------------------------------------------------------------------------------------------------


def entry_name(name: str, compiler: str | None) -> str:
    """The name of the entry of a key and a compiler."""
    return f"{name}-{hashlib.sha256(str(compiler).encode()).hexdigest()[:8]}"


def _found(cache: Path, name: str) -> Path | None:
    """The whole entry of a key: that of the compiler that is installed; of any, where there is none."""
    compiler = key.compiler()
    known = [cache / entry_name(name, compiler)] if compiler else sorted(cache.glob(f"{name}-*"))
    return next((entry for entry in known if os.path.lexists(entry) and _is_whole(entry, name)), None)


def _is_whole(entry: Path, name: str) -> bool:
    """Whether an entry is complete and of its key; one that others could have made or changed is an error."""
    _check_trusted(entry)
    try:
        manifest = json.loads((entry / MANIFEST).read_text())
        return manifest["key"] == name and manifest["checksum"] == checksum(entry, manifest)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def checksum(entry: Path, manifest: Mapping[str, Any]) -> str:
    """The hash of all that is in an entry."""
    digest = hashlib.sha256((entry / "main").read_bytes())
    digest.update(json.dumps([manifest[name] for name in ("key", "inputs", "outputs")], sort_keys=True).encode())
    for file in sorted((entry / "static_arrays").iterdir()):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _check_trusted(entry: Path) -> None:
    """Refuse to run a program that somebody else could have put there, or changed.

    Raises
    ------
    RunError
    """
    what = f"the compiled program {entry}"
    do = "remove it, or set BURSTLAB_CACHE to a folder of your own"
    for path in (entry, entry / "main", entry / MANIFEST, entry / "static_arrays"):
        try:
            known = path.lstat()
        except OSError:
            continue  # not whole; it is built again
        if stat.S_ISLNK(known.st_mode):
            raise RunError(f"{what} is not run: {path} is a link; {do}")
        if known.st_uid not in (os.geteuid(), 0):
            raise RunError(f"{what} is not run: it belongs to another user (number {known.st_uid}); {do}")
        if known.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            mode = stat.S_IMODE(known.st_mode)
            raise RunError(f"{what} is not run: others can write to it (mode {mode:o} of {path}); {do}")


@contextlib.contextmanager
def _lock(path: Path, patience: float = LOCK_TIMEOUT) -> Iterator[None]:
    # The kernel gives the lock back when its holder dies, so it is never left behind.
    deadline = time.monotonic() + patience
    while (file := _locked(path)) is None:
        if time.monotonic() > deadline:
            raise RunError(f"another process has held {path} for {patience:.0f} s; is it stuck?")
        time.sleep(0.05)
    with file:
        yield


def _locked(path: Path) -> Any:
    """The open lock file; None if another process holds it."""
    file = open(path, "w")  # noqa: SIM115 (closed by who gets it)
    with contextlib.suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # It may be that of a file that was removed after it was opened.
        if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
            return file
    file.close()
    return None


def _build_entry(cache: Path, name: str, experiment: Any, config: Any, float_bits: int) -> Path:
    for tool in (key.compiler_command()[0], "make"):
        if shutil.which(tool) is None:
            raise RunError(
                f"no {tool} found: the cpp backend compiles a program; install it, or use {option('backend', 'numpy')}"
            )
    compiler = key.compiler()
    with removal.private("building", cache) as building:
        order = {
            "experiment": experiment.name,
            **ordered(experiment),
            "settings": settings(structure(config)),
            "added": key.added(experiment),
            "float_bits": float_bits,
            "key": name,
            "compiler": compiler,
            "folder": str(building),
        }
        _call_builder(order, building, experiment.name)
        made, entry = building / "entry", cache / entry_name(name, compiler)
        for path in (made, made / "static_arrays", *made.iterdir()):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~(stat.S_IWGRP | stat.S_IWOTH))
        removal.remove(entry, removal.PROGRAM)  # a damaged one
        os.rename(made, entry)
        return entry


def _call_builder(order: Mapping[str, Any], building: Path, experiment: str) -> None:
    """Run build.py in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name not in key.HIDDEN_SETTINGS}
    environment["TMPDIR"] = str(building)  # where logs of Brian2 and files of compilers go that are killed
    with subprocess.Popen(
        [sys.executable, "-m", "burstlab.experiments.engine.build"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=building,
        env=environment,
        start_new_session=True,
    ) as builder:
        try:
            out, errors = builder.communicate(json.dumps(order))
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(builder.pid, signal.SIGKILL)  # make and the compilers too
            raise
    if builder.returncode != 0:
        log = cache_folder() / f"{order['key']}.log"
        kept = ""
        with contextlib.suppress(OSError):
            log.write_text(out + errors)
            kept = f" (all of it is in {log})"
        raise RunError(f"compiling {experiment} failed: {_cause(out + errors)}{kept}")


def _cause(said: str) -> str:
    """The line that says why a compile failed: of the compiler where there is one, the last one otherwise."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["no message"]
    return next((line for line in lines if _TELLING.search(line)), lines[-1])
