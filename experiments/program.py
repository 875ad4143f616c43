"""The compiled program of an experiment: built once per structure, kept in a cache, run any number of times.

An entry of the cache is a folder named by a hash of everything structural: the experiment's settings, the sources of
this package, versions, flags and processor. It is made under another name and published by a rename, so an entry that
exists is whole; a lock keeps processes that want the same entry from building it twice. The program is built in a
process of its own (`python -m burstlab.experiments.program`), which leaves the caller's Brian2 untouched.

A run is one process with its own folder for results. Everything that can vary is on its command line; the seed of the
generators is in the environment, since Brian2 has no place for it there.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import CheckpointError, RunError
from .simulation import Simulated, brian_seed, set_precision, settings, structure

if TYPE_CHECKING:
    from .checkpoint import Checkpoint

MANIFEST = "manifest.json"
LOCK_TIMEOUT = 600.0  # s; a compile takes some 10 s, and those who wait for it should see it end
_CHECKPOINT = ("BURSTLAB_CHECKPOINT", "BURSTLAB_RESUME")
_UNUSABLE_CHECKPOINT = 65  # the program's exit code
_PROGRESS = "burstlab-progress"
_REPORT = f'std::cout << "{_PROGRESS} " << completed*duration << " " << duration << std::endl;'


@dataclass(frozen=True)
class Program:
    """A compiled program in the cache, and the time that its compilation took just now (0 if it was there)."""

    folder: Path
    compile_s: float

    @property
    def manifest(self) -> dict[str, Any]:
        """What can be set, and what comes out."""
        return json.loads((self.folder / MANIFEST).read_text())


def cache_folder() -> Path:
    """Where programs are kept: $BURSTLAB_CACHE, or burstlab/ under the user's cache folder."""
    named = os.environ.get("BURSTLAB_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "burstlab"


# ---- the key -------------------------------------------------------------------------------------------------------


def cache_key(experiment: Any, config: Any, float_bits: int) -> str:
    """The hash of everything that decides what the compiled program is."""
    from .device import COMPILE_FLAGS

    parts = [
        json.dumps(
            [experiment.NAME, settings(structure(config)), _added(experiment), float_bits, COMPILE_FLAGS],
            sort_keys=True,
        ),
        sources(),
        " ".join(metadata.version(name) for name in ("brian2", "numpy", "burstlab")),
        platform.python_version() + _processor(),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _added(experiment: Any) -> dict[str, Any]:
    # What recorded.py and trained.py add to an experiment.
    return {"recorded": getattr(experiment, "RECORDED", {}), "given": getattr(experiment, "GIVEN", False)}


def sources() -> str:
    """The hash of every source file that a result depends on."""
    digest = hashlib.sha256()
    for package in ("equations", "models", "experiments"):
        root = resources.files(f"burstlab.{package}")
        for folder in (root, root / "templates"):
            if folder.is_dir():
                for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
                    if file.is_file() and not file.name.endswith(".pyc"):
                        digest.update(f"{package}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _processor() -> str:
    # The flags count, not only the name: -march=native makes a program that needs them.
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return "".join(dict.fromkeys(line for line in lines if line.startswith(("model name", "flags"))))
    return platform.machine() + platform.processor()


# ---- the cache -----------------------------------------------------------------------------------------------------


def compiled(experiment: Any, config: Any, float_bits: int, cache: Path | None = None) -> Program:
    """The program for a config, from the cache or compiled now.

    Parameters
    ----------
    experiment : module
        One of the experiments.
    config : Config
        Only its structure counts.
    float_bits : {32, 64}
        Precision of states.
    cache : Path, optional
        Another folder than `cache_folder()`.

    Raises
    ------
    RunError
        Without a compiler, with a cache folder that cannot be written, or if the lock is not had in time.
    """
    key = cache_key(experiment, config, float_bits)
    cache = cache or cache_folder()
    if _is_whole(cache / key):
        return Program(cache / key, 0.0)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _lock(cache / f"{key}.lock"):
            if _is_whole(cache / key):
                return Program(cache / key, 0.0)
            began = time.perf_counter()
            _build_entry(cache, key, experiment, config, float_bits)
            return Program(cache / key, time.perf_counter() - began)
    except OSError as error:
        raise RunError(
            f"cannot write to the cache folder {cache} ({error.strerror}); set BURSTLAB_CACHE to another folder"
        ) from None


def is_compiled(experiment: Any, config: Any, float_bits: int) -> bool:
    """Whether a run of this config needs no compiler."""
    return _is_whole(cache_folder() / cache_key(experiment, config, float_bits))


def clear_cache() -> int:
    """Remove every program; returns how many there were."""
    cache = cache_folder()
    entries = [entry for entry in cache.glob("*") if entry.is_dir()] if cache.is_dir() else []
    shutil.rmtree(cache, ignore_errors=True)
    return len([entry for entry in entries if not entry.name.startswith("building-")])


def _is_whole(entry: Path) -> bool:
    try:
        manifest = json.loads((entry / MANIFEST).read_text())
        return manifest["checksum"] == _checksum(entry, manifest)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _checksum(entry: Path, manifest: Mapping[str, Any]) -> str:
    digest = hashlib.sha256((entry / "main").read_bytes())
    digest.update(json.dumps([manifest["inputs"], manifest["outputs"]], sort_keys=True).encode())
    for file in sorted((entry / "static_arrays").iterdir()):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    # The kernel gives the lock back when its holder dies, so it is never left behind.
    with open(path, "w") as file:
        deadline = time.monotonic() + LOCK_TIMEOUT
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise RunError(f"another process has held {path} for {LOCK_TIMEOUT:.0f} s; is it stuck?") from None
                time.sleep(0.05)
        yield


def _build_entry(cache: Path, key: str, experiment: Any, config: Any, float_bits: int) -> None:
    for tool in ("g++", "make"):
        if shutil.which(tool) is None:
            raise RunError(f"no {tool} found: the cpp backend compiles a program; install it, or use --backend numpy")
    building = Path(tempfile.mkdtemp(prefix=f"building-{key}-", dir=cache))
    try:
        order = {
            "module": experiment.__name__,
            "settings": settings(structure(config)),
            "added": _added(experiment),
            "float_bits": float_bits,
            "folder": str(building / "program"),
        }
        # A folder of its own: Brian2 evaluates a file brian_preferences in the current one.
        with subprocess.Popen(
            [sys.executable, "-m", "burstlab.experiments.program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=building,
            start_new_session=True,
        ) as builder:
            try:
                out, errors = builder.communicate(json.dumps(order))
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(builder.pid, signal.SIGKILL)  # make and the compilers too
                raise
        if builder.returncode != 0:
            log = cache / f"{key}.log"
            log.write_text(out + errors)
            last = (errors.strip().splitlines() or ["no message"])[-1]
            raise RunError(f"compiling {experiment.NAME} failed: {last} (all of it is in {log})")
        shutil.rmtree(cache / key, ignore_errors=True)
        os.rename(building / "program", cache / key)
    finally:
        shutil.rmtree(building, ignore_errors=True)


# ---- building, in a process of its own -------------------------------------------------------------------------------


def _main() -> None:
    """Build the program that the order on standard input describes."""
    from burstlab.models.parameters import with_changes

    from .recorded import with_recorders
    from .trained import with_given

    order = json.load(sys.stdin)
    experiment: Any = importlib.import_module(order["module"])
    config = with_changes(next(iter(experiment.PRESETS.values())), order["settings"])
    experiment = with_recorders(with_given(experiment, order["added"]["given"]), order["added"]["recorded"])
    build(experiment, config, order["float_bits"], Path(order["folder"]))


def build(experiment: Any, config: Any, float_bits: int, folder: Path) -> None:
    """Generate and compile the program in `folder`, and keep what is needed to run it; changes Brian2's device."""
    from brian2 import get_device, prefs, second, set_device

    from .device import COMPILE_FLAGS, DEVICE_NAME

    set_precision(float_bits)
    prefs.codegen.cpp.extra_compile_args_gcc = COMPILE_FLAGS
    prefs.devices.cpp_standalone.extra_make_args_unix = [f"-j{os.cpu_count() or 1}"]
    set_device(DEVICE_NAME, build_on_run=False)
    device = get_device()
    model = experiment.build(structure(config))
    # The one place where the seed enters: before any random number is drawn.
    device.insert_code(
        "after_start", 'brian::_random_generators[0].seed(std::strtoul(std::getenv("BURSTLAB_SEED"), nullptr, 10));'
    )
    # Parameters have their values before synapses and initial states are made of them.
    device.apply_run_args()
    model.connect()
    model.network.run(model.duration, report=_REPORT, report_period=0.2 * second, namespace=dict(model.functions))
    device.build(directory=str(folder), run=False, compile=True, with_output=False)
    manifest: dict[str, Any] = {
        "inputs": _inputs(model, device),
        "outputs": {name: _describe(output, device) for name, output in model.outputs.items()},
    }
    for entry in folder.iterdir():
        if entry.name not in ("main", "static_arrays"):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    manifest["checksum"] = _checksum(folder, manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def _inputs(model: Any, device: Any) -> dict[str, dict[str, Any]]:
    """What the command line of the program can set: name, type, size, and the name that it has there."""
    inputs = {}
    for owner in model.network.objects:
        for name, variable in getattr(owner, "variables", {}).items():
            own = variable in device.arrays and variable.owner is not None and variable.owner.name == owner.name
            if own and not variable.read_only and not getattr(variable, "dynamic", False):
                inputs[f"{owner.name}.{name}"] = {
                    "argument": f"{owner.name}.{name}",
                    "dtype": np.dtype(variable.dtype).str,
                    "size": int(variable.size),
                }
    for name, timed in model.functions.items():
        inputs[f"{name}.values"] = {
            "argument": f"{timed.name}.values",
            "dtype": timed.values.dtype.str,
            "size": int(timed.values.size),
        }
    return inputs


def _describe(output: Any, device: Any) -> dict[str, Any]:
    variable = output.owner.variables[output.variable]
    # How many rows there are is known before the run, or is the owner's own N, a file beside it.
    length = output.owner.variables["N"]
    return {
        "file": device.get_array_filename(variable),
        "dtype": np.dtype(variable.dtype).str,
        "columns": int(output.owner.n_indices) if getattr(variable, "ndim", 1) == 2 else None,
        "rows": output.rows,
        "length_file": device.get_array_filename(length) if length in device.arrays else None,
    }


# ---- running -------------------------------------------------------------------------------------------------------


def run_program(
    program: Program,
    values: Mapping[str, Any],
    seed: int,
    folder: Path,
    progress: Callable[[float, float], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Simulated:
    """Run a compiled program once.

    Parameters
    ----------
    program : Program
    values : mapping
        {"object.variable": value or array} in SI units; everything is checked before the program starts.
    seed : int
        The run's label.
    folder : Path
        For temporary files; a folder is made in it and removed.
    progress : callable, optional
        Called with simulated and total time in seconds.
    checkpoint : Checkpoint, optional
        Where the program leaves its state; it goes on from what is there.

    Raises
    ------
    RunError
        For values the program cannot take, and if the program fails or its results are not whole.
    """
    manifest = program.manifest
    work = Path(tempfile.mkdtemp(prefix=".raw-", dir=folder)).resolve()
    try:
        arguments = [_argument(name, value, manifest["inputs"], work) for name, value in values.items()]
        began = time.perf_counter()
        earlier = checkpoint.earlier() if checkpoint is not None else 0.0
        _call(program, [*arguments], seed, work, progress, checkpoint.environment() if checkpoint is not None else {})
        run_s = earlier + time.perf_counter() - began
        info = (work / "last_run_info.txt").read_text().split() if (work / "last_run_info.txt").exists() else []
        if len(info) != 2 or float(info[1]) < 1:
            raise RunError("the program ended before the simulation did")
        raw = {name: _load(name, entry, work) for name, entry in manifest["outputs"].items()}
        return Simulated(raw=raw, run_s=run_s, compile_s=program.compile_s)
    except OSError as error:
        raise RunError(f"cannot use {folder}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _argument(name: str, value: Any, inputs: Mapping[str, Any], work: Path) -> str:
    # The program itself ignores nan, inf and arrays of a wrong length with no more than a line on stderr.
    if name not in inputs:
        raise RunError(f"{name}: the program has no such variable")
    known = inputs[name]
    array = np.asarray(value, dtype=known["dtype"])
    if not np.all(np.isfinite(array)):
        raise RunError(f"{name}: not a finite value")
    if array.ndim == 0:
        return f"{known['argument']}={array.item()!r}"
    if array.size != known["size"]:
        raise RunError(f"{name}: {array.size} values given, {known['size']} needed")
    if array.size == 1:
        return f"{known['argument']}={array.ravel()[0].item()!r}"
    file = work / f"{name}.values"
    array.tofile(file)
    return f"{known['argument']}={file}"


def _call(
    program: Program,
    arguments: list[str],
    seed: int,
    work: Path,
    progress: Callable[[float, float], None] | None,
    more: Mapping[str, str],
) -> None:
    own = {"BURSTLAB_SEED": str(brian_seed(seed)), "BURSTLAB_PARENT": str(os.getpid())}
    # What this process was told about checkpoints, if anything, is not meant for this run.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_CHECKPOINT)}
    environment |= own | dict(more)
    with open(work / "stderr.txt", "w+") as errors:
        try:
            process = subprocess.Popen(
                [str(program.folder / "main"), "--results_dir", f"{work}/", *arguments],
                cwd=program.folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,  # Ctrl-C reaches this process alone, which then decides
            )
        except OSError as error:
            raise RunError(f"cannot start {program.folder / 'main'}: {error.strerror}") from None
        other = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                word, *numbers = line.split() or [""]
                if word != _PROGRESS:
                    other.append(line.strip())
                elif progress is not None:
                    progress(float(numbers[0]), float(numbers[1]))
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        errors.seek(0)
        said = [line for line in [*errors.read().splitlines(), *other] if line.strip()]
        if code < 0:
            raise RunError(f"the program was ended by {signal.Signals(-code).name}")
        if code == _UNUSABLE_CHECKPOINT:
            raise CheckpointError(f"{said[-1]}; begin again with --force")
        if code or said:
            raise RunError(f"the program failed: {said[-1] if said else f'exit code {code}'}")


def _load(name: str, entry: Mapping[str, Any], work: Path) -> np.ndarray:
    # With a full disk the program exits 0 all the same and arrays come back short.
    rows, columns = entry["rows"], entry["columns"] or 1
    if rows is None and entry["length_file"]:
        length = np.fromfile(work / entry["length_file"], dtype=np.int32)
        if len(length) != 1:
            raise RunError(f"the results are not whole ({name} has no length): is the disk full?")
        rows = int(length[0])
    file = work / entry["file"]
    array = np.fromfile(file, dtype=entry["dtype"]) if file.exists() else np.empty(0, entry["dtype"])
    if len(array) != rows * columns:
        raise RunError(
            f"the results are not whole ({name}: {len(array)} of {rows * columns} values): is the disk full?"
        )
    return array.reshape(rows, columns) if entry["columns"] else array


if __name__ == "__main__":
    _main()
