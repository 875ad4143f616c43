"""Compiled programs: when a cached one may be used, and what is said when it cannot be run."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from burstlab.experiments import RunError, current_steps, xor
from burstlab.experiments.engine import cache as programs
from burstlab.experiments.engine import device, key, process
from burstlab.models.parameters import with_changes

from .experiment_runs import cache, command, here, here_compiled, left_in, refused, script_program, steps_result
from .patience import long

__all__ = ["cache", "here", "here_compiled"]
PAPER, QUICK = current_steps.PRESETS["paper"], current_steps.PRESETS["quick"]
VALUES = current_steps.values(PAPER, 1)


@pytest.fixture(scope="module")
def built(cache):
    """The program of current_steps' paper preset in the session's cache."""
    return programs.compiled(current_steps.EXPERIMENT, PAPER, 32)


def _key(experiment=current_steps.EXPERIMENT, config=QUICK, float_bits=32):
    return key.cache_key(experiment, config, float_bits)


# ---- the key ---------------------------------------------------------------------------------------------------------


def test_the_key_is_the_same_every_time():
    assert _key() == _key()


@pytest.mark.parametrize("changes", [{"tau_d": "9 ms"}, {"somatic_current": "300 pA"}, {"burst_interval": "10 ms"}])
def test_biophysics_share_a_program(changes):
    assert _key(config=with_changes(QUICK, changes)) == _key()


@pytest.mark.parametrize(
    "changes",
    [{"dt": "0.05 ms"}, {"duration": "900 ms"}, {"somatic_current": "1 pA, 2 pA"}],
    ids=lambda c: next(iter(c)),
)
def test_structure_needs_its_own(changes):
    assert _key(config=with_changes(QUICK, changes)) != _key()


def test_experiment_and_precision_need_their_own():
    assert len({_key(), _key(float_bits=64), _key(xor.EXPERIMENT, xor.PRESETS["quick"])}) == 3


def test_another_flag_is_another_key(monkeypatch):
    before = _key()
    monkeypatch.setattr(device, "COMPILE_FLAGS", [*device.COMPILE_FLAGS, "-funroll-loops"])
    assert _key() != before


@pytest.mark.parametrize("package", ["brian2", "numpy", "sympy", "jinja2", "burstlab"])
def test_another_version_is_another_key(monkeypatch, package):
    before, real = _key(), metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "99.9" if name == package else real(name))
    assert _key() != before


def test_another_processor_is_another_key(monkeypatch):
    before = _key()
    monkeypatch.setattr(key, "_processor", lambda: "abacus")
    assert _key() != before


def test_another_source_is_another_key_unless_no_program_depends_on_it(monkeypatch, tmp_path):
    """Every file from a parameter to the program is in the key, in whatever room; pages and figures are not."""
    real = key.resources.files
    folders = ("equations", "models", "experiments", "analysis")
    for folder in folders:
        shutil.copytree(real(f"burstlab.{folder}"), tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    before = _key()
    monkeypatch.setattr(key.resources, "files", lambda package: tmp_path / package.removeprefix("burstlab."))
    assert _key() == before
    changing, seen = set(), set()
    for file in sorted(path for folder in folders for path in (tmp_path / folder).rglob("*") if path.is_file()):
        name, content = file.relative_to(tmp_path).as_posix(), file.read_bytes()
        file.write_bytes(content + b"\n")
        seen.add(name)
        if _key() != before:
            changing.add(name)
        file.write_bytes(content)
    assert _key() == before
    rooms = {"/".join(name.split("/")[:2]) for name in seen - changing}
    assert {name for name in seen - changing if name.startswith(("equations", "models"))} == set()
    assert {room for room in rooms if room.startswith("experiments")} == {
        "experiments/__init__.pyi", "experiments/cli", "experiments/explore", "experiments/runs",
        "experiments/typed.pyi",
    }  # fmt: skip
    for name in (
        "models/templates/poisson_drive.cpp",
        "experiments/engine/templates/network.cpp",
        "experiments/xor.py",
    ):
        assert name in changing
    for room in ("engine", "contract", "learning", "transfer"):
        assert f"experiments/{room}/__init__.py" in changing


# ---- the cache -------------------------------------------------------------------------------------------------------


def _truncated_main(entry):
    with open(entry / "main", "r+b") as file:
        file.truncate(1000)


def _other_main(entry):
    (entry / "main").write_text("#!/bin/sh\nexit 0\n")


def _no_main(entry):
    (entry / "main").unlink()


def _garbled_manifest(entry):
    (entry / "manifest.json").write_text("{")


def _binary_manifest(entry):
    (entry / "manifest.json").write_bytes(b"\x80\xff\x00")


def _foreign_manifest(entry):
    (entry / "manifest.json").write_text('["of", "another", "program"]')


def _no_manifest(entry):
    (entry / "manifest.json").unlink()


def _no_arrays(entry):
    shutil.rmtree(entry / "static_arrays")


def _changed_manifest(entry):
    manifest = json.loads((entry / "manifest.json").read_text())
    first = next(iter(manifest["outputs"].values()))
    first["rows"] = 3
    (entry / "manifest.json").write_text(json.dumps(manifest))


DAMAGES = [
    _truncated_main,
    _other_main,
    _no_main,
    _garbled_manifest,
    _binary_manifest,
    _foreign_manifest,
    _no_manifest,
    _no_arrays,
    _changed_manifest,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_a_damaged_entry_is_built_again(built, tmp_path, monkeypatch, damage):
    entry = tmp_path / built.folder.name
    shutil.copytree(built.folder, entry)
    asked = []

    def build(cache, name, *_):
        asked.append(name)
        shutil.rmtree(cache / entry.name, ignore_errors=True)
        return shutil.copytree(built.folder, cache / entry.name)

    monkeypatch.setattr(programs, "_build_entry", build)
    assert programs.compiled(current_steps.EXPERIMENT, PAPER, 32, cache=tmp_path).folder == entry
    assert asked == []
    damage(entry)
    programs.compiled(current_steps.EXPERIMENT, PAPER, 32, cache=tmp_path)
    assert [entry.name.startswith(name) for name in asked] == [True]
    assert (entry / "main").read_bytes() == (built.folder / "main").read_bytes()


COLD = """
import sys
from pathlib import Path
import numpy as np
from burstlab.experiments import current_steps
from burstlab.experiments.engine import cache, process
config = current_steps.PRESETS["paper"]
built = cache.compiled(current_steps.EXPERIMENT, config, 32)
done = process.run_program(built, current_steps.values(config, 1), 1, Path(sys.argv[1]))
np.savez(Path(sys.argv[1]) / "found.npz", compile_s=done.compile_s, **done.raw)
"""


@pytest.mark.long
def test_processes_that_start_cold_at_once(built, tmp_path):
    """Four processes and one empty cache: one compiles, all get the bytes that the session's own program gives."""
    folders = [tmp_path / str(k) for k in range(4)]

    def start(folder):
        folder.mkdir()
        environment = os.environ | {"BURSTLAB_CACHE": str(tmp_path / "cache")}
        return subprocess.run(
            [sys.executable, "-c", COLD, str(folder)], env=environment, capture_output=True, text=True, check=False
        )

    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(start, folders))
    assert [done.returncode for done in ended] == [0] * 4, [done.stderr for done in ended]
    found = [dict(np.load(folder / "found.npz")) for folder in folders]
    assert sum(float(arrays.pop("compile_s")) > 0 for arrays in found) == 1
    ours = process.run_program(built, VALUES, 1, tmp_path).raw
    assert len(ours["time"]) == 53
    for arrays in found:
        assert set(arrays) == set(ours)
        assert all(arrays[name].tobytes() == ours[name].tobytes() for name in ours)
    entries = [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]
    assert [entry.name for entry in entries] == [built.folder.name]


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_a_cache_that_cannot_be_written(tmp_path, where):
    # Root can write to any folder, but not below a file.
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"cache folder .*BURSTLAB_CACHE"):
        programs.compiled(current_steps.EXPERIMENT, QUICK, 32, cache=tmp_path / where)


def test_a_cached_program_needs_no_compiler(built, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.compiled(current_steps.EXPERIMENT, PAPER, 32).compile_s == 0
    with pytest.raises(RunError, match=r"no g\+\+ found.*backend='numpy'"):
        programs.compiled(current_steps.EXPERIMENT, PAPER, 32, cache=tmp_path / "empty")
    assert not [path for path in (tmp_path / "empty").iterdir() if path.is_dir()]


def test_a_failed_compile_is_one_line_with_a_log(monkeypatch, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "g++").write_text("#!/bin/sh\necho 'main.cpp: no such thing' >&2\nexit 1\n")
    (tools / "g++").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    with pytest.raises(RunError, match="compiling current_steps failed") as raised:
        programs.compiled(current_steps.EXPERIMENT, QUICK, 32, cache=tmp_path / "cache")
    assert "\n" not in str(raised.value)
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]


def test_clear_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("BURSTLAB_CACHE", str(tmp_path / "cache"))
    assert programs.clear_cache() == 0
    script_program(tmp_path / "cache", "exit 0")
    assert programs.is_compiled(current_steps.EXPERIMENT, QUICK, 32)
    assert programs.clear_cache() == 1
    assert not programs.is_compiled(current_steps.EXPERIMENT, QUICK, 32)


# ---- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("cells.tau_d", np.nan, "not a finite value"),
        ("cells.tau_d", np.inf, "not a finite value"),
        ("cells.tau_d", 1e300, "not a finite value"),  # infinite as a float32
        ("somatic_step.values", np.full((8000, 6), np.nan), "not a finite value"),
        ("somatic_step.values", np.zeros((8000, 5)), "40000 values given, 48000 needed"),
        ("cells.tau_d", np.zeros(2), "2 values given, 1 needed"),
        ("cells.tau_x", 1.0, "no such variable"),
        ("tau_d", 1.0, "no such variable"),
        ("cells.dt", 1e-3, "no such variable"),
    ],
)
def test_refused_before_the_program_starts(built, tmp_path, monkeypatch, name, value, said):
    monkeypatch.setattr(process, "_call", lambda *_: pytest.fail("the program was started"))
    with np.errstate(over="ignore"), pytest.raises(RunError, match=said) as raised:
        process.run_program(built, VALUES | {name: value}, 1, tmp_path)
    assert name in str(raised.value)
    assert left_in(tmp_path) == []


# ---- runs that fail --------------------------------------------------------------------------------------------------


def _script(tmp_path, script, outputs=None):
    entry = script_program(tmp_path / "cache", script, outputs=outputs)
    return programs.Program(entry, 0.0)


def _run_quick(built, folder):
    folder.mkdir()
    return process.run_program(built, current_steps.values(QUICK, 1), 1, folder)


FINISH = 'echo "1.0 1.0" > "$2last_run_info.txt"'


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("kill -KILL $$", "ended by SIGKILL"),
        ("kill -SEGV $$", "ended by SIGSEGV"),
        ("exit 3", "exit code 3"),
        ("echo 'no such thing' >&2", "no such thing"),
        ("exit 0", "ended before the simulation did"),
        ('echo "0.4 0.5" > "$2last_run_info.txt"', "ended before the simulation did"),
        ('echo "garbage" > "$2last_run_info.txt"', "ended before the simulation did"),
    ],
)
def test_a_program_that_fails(tmp_path, script, said):
    with pytest.raises(RunError, match=said):
        _run_quick(_script(tmp_path, script), tmp_path / "out")
    assert left_in(tmp_path / "out") == []


@pytest.mark.parametrize("size", [None, 0, 7, 9, 8 * 4 + 1])
def test_short_or_missing_arrays_are_never_returned(tmp_path, size):
    outputs = {"v": {"file": "v", "dtype": "<f8", "columns": None, "rows": 4, "length_file": None}}
    write = "" if size is None else f'head -c {size} /dev/zero > "$2v"'
    if size == 8 * 4 + 1:
        write = 'head -c 40 /dev/zero > "$2v"'  # longer than it should be is no better
    with pytest.raises(RunError, match="not whole"):
        _run_quick(_script(tmp_path, f"{write}\n{FINISH}", outputs), tmp_path / "out")


@pytest.mark.parametrize(
    ("info", "rows"), [('echo "0 0" > "$2last_run_info.txt"', 3), (': > "$2last_run_info.txt"', None)]
)
def test_a_look_at_a_checkpoint_has_whole_arrays(tmp_path, info, rows):
    """Arrays are as long as they are by then; on a full disk the file that is written last is empty."""
    outputs = {"v": {"file": "v", "dtype": "<f8", "columns": None, "rows": 4, "length_file": None}}
    built = _script(tmp_path, f'head -c 24 /dev/zero > "$2v"\n{info}', outputs)
    place = process.Checkpoint(file=tmp_path / "checkpoint", every=1.0, identity="test")
    refused = pytest.raises(RunError, match="before it had written its arrays: is the disk full")
    with refused if rows is None else contextlib.nullcontext():
        found = process.look(built, current_steps.values(QUICK, 1), 1, tmp_path, place)
        assert len(found["v"]) == rows


def test_whole_arrays_are_returned(tmp_path):
    outputs = {"v": {"file": "v", "dtype": "<f8", "columns": 2, "rows": 2, "length_file": None}}
    done = _run_quick(_script(tmp_path, f'head -c 32 /dev/zero > "$2v"\n{FINISH}', outputs), tmp_path / "out")
    assert done.raw["v"].shape == (2, 2)


def test_a_binary_that_is_missing_or_no_program(tmp_path):
    built = _script(tmp_path, "exit 0")
    (built.folder / "main").chmod(0o644)
    with pytest.raises(RunError, match="cannot start"):
        _run_quick(built, tmp_path / "a")
    (built.folder / "main").unlink()
    with pytest.raises(RunError, match="cannot start"):
        _run_quick(built, tmp_path / "b")


def test_the_seed_reaches_the_program(tmp_path):
    outputs = {"seed": {"file": "seed", "dtype": "<u1", "columns": None, "rows": 3, "length_file": None}}
    built = _script(tmp_path, f'printf "%s" "$BURSTLAB_SEED" | head -c 3 > "$2seed"\n{FINISH}', outputs)
    seeds = {}
    for seed in (1, 2):
        done = process.run_program(built, current_steps.values(QUICK, seed), seed, tmp_path)
        seeds[seed] = bytes(done.raw["seed"])
    assert seeds[1] != seeds[2]


FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit then fails, as it does on a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
sys.argv = ["burstlab", "run", "current_steps", "--preset", "paper", "--out", "out"]
from burstlab.experiments.cli.main import main
main()
"""


@pytest.mark.parametrize("limit", [100_000, 300_000])
def test_no_space_left(built, tmp_path, limit):
    """Traces take 192 kB each, and their currents 384 kB: one limit stops the traces as well, one the currents only."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK.format(limit=limit)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("burstlab:")
    assert left_in(tmp_path) == []


SMALL_INPUTS = """
import functools, resource, signal, subprocess
from pathlib import Path
from burstlab.experiments import RunError, current_steps
from burstlab.experiments.engine import cache, process
config = current_steps.PRESETS["paper"]
built = cache.compiled(current_steps.EXPERIMENT, config, 32)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
subprocess.Popen = functools.partial(subprocess.Popen, restore_signals=False)  # the program, too, sees failing writes
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
values = {name: value for name, value in current_steps.values(config, 1).items() if not name.endswith(".values")}
try:
    process.run_program(built, values, 1, Path("."))
except RunError as error:
    print(error)
"""


def test_no_space_for_the_results_alone(built, tmp_path):
    """The program itself exits 0 with short files: it is the length of arrays that must be seen."""
    done = subprocess.run(
        [sys.executable, "-c", SMALL_INPUTS], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "is the disk full?" in done.stdout
    assert left_in(tmp_path) == []


# ---- through the command ---------------------------------------------------------------------------------------------


def test_a_second_run_of_a_structure_does_not_compile(here_compiled, tmp_path):
    steps_result()
    options = ("--preset", "paper", "--set", "tau_d=9 ms", "--seed", 5, "--out", "out")
    done = here_compiled("run", "current_steps", *options)
    assert done.returncode == 0, done.stderr
    assert "compiling" not in done.stderr
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["compile_s"] == 0


# ---- what the key sees -----------------------------------------------------------------------------------------------


X86 = (
    "processor : 0\nmodel name : A\nflags : fpu avx2\ncpu MHz : 1000\nprocessor : 1\nmodel name : A\nflags : fpu avx2\n"
)
ARM = "processor : 0\nBogoMIPS : 50\nFeatures : fp asimd\nCPU implementer : 0x41\nCPU part : 0xd0c\nCPU revision : 1\n"


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (X86, "avx2", "avx2 avx512f"),
        (X86, "model name : A", "model name : B"),
        (ARM, "0xd0c", "0xd40"),
        (ARM, "asimd", "asimd sve"),
        ("hart : 0\nisa : rv64gc\n", "rv64gc", "rv64gcv"),
    ],
)
def test_processors_of_every_kind_are_told_apart(monkeypatch, text, old, new):
    read = Path.read_text

    def key_on(cpuinfo):
        told = {"/proc/cpuinfo": cpuinfo}
        monkeypatch.setattr(Path, "read_text", lambda path, **more: told.get(str(path)) or read(path, **more))
        return _key()

    assert key_on(text) != key_on(text.replace(old, new))
    # Not by what changes from moment to moment, or from core to core.
    assert key_on(text) == key_on(text.replace("1000", "2000").replace("BogoMIPS : 50", "BogoMIPS : 60"))


@pytest.mark.parametrize("name", ["CPATH", "LIBRARY_PATH", "CPLUS_INCLUDE_PATH"])
def test_where_the_compiler_looks_is_part_of_the_key(monkeypatch, name):
    before = _key()
    monkeypatch.setenv(name, "/opt/other")
    assert _key() != before


def test_another_c_library_is_another_key(monkeypatch):
    before = _key()
    monkeypatch.setattr(key.platform, "libc_ver", lambda: ("glibc", "9.9"))
    assert _key() != before


def _compiler(folder, version):
    folder.mkdir()
    (folder / "g++").write_text(f"#!/bin/sh\necho g++ {version}\n")
    (folder / "g++").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_another_compiler_is_another_program_and_none_takes_what_there_is(monkeypatch, tmp_path):
    before, path = _key(), os.environ["PATH"]
    monkeypatch.setenv("BURSTLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", _compiler(tmp_path / "old", 1))
    script_program(tmp_path / "cache", "exit 0")
    assert programs.is_compiled(current_steps.EXPERIMENT, QUICK, 32)
    monkeypatch.setenv("PATH", _compiler(tmp_path / "new", 2))
    assert not programs.is_compiled(current_steps.EXPERIMENT, QUICK, 32)
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("CXX", f"{tmp_path}/old/g++ -m64")
    assert programs.is_compiled(current_steps.EXPERIMENT, QUICK, 32)
    monkeypatch.setenv("CXX", str(tmp_path / "nowhere"))
    assert key.compiler() is None
    assert programs.is_compiled(current_steps.EXPERIMENT, QUICK, 32)
    assert _key() == before


def test_the_builder_sees_no_flags_of_the_environment(monkeypatch, tmp_path):
    seen = {}

    def builder(command, env, **more):
        seen.update(env)
        raise OSError(5, "enough")

    monkeypatch.setattr(programs.subprocess, "Popen", builder)
    for name in ("CXXFLAGS", "MAKEFLAGS", "LDFLAGS"):
        monkeypatch.setenv(name, "-O0")
    with pytest.raises(RunError, match="enough"):
        programs.compiled(current_steps.EXPERIMENT, QUICK, 32, cache=tmp_path)
    assert "PATH" in seen
    assert not {"CXXFLAGS", "MAKEFLAGS", "LDFLAGS"} & set(seen)


# ---- who may have put it there ---------------------------------------------------------------------------------------


def _of_another_user(entry, monkeypatch):
    monkeypatch.setattr(programs.os, "geteuid", lambda: 12345)
    real = Path.lstat
    monkeypatch.setattr(Path, "lstat", lambda path: SimpleNamespace(st_uid=4321, st_mode=real(path).st_mode))


def _open_to_all(entry, monkeypatch):
    entry.chmod(0o777)


def _open_to_the_group(entry, monkeypatch):
    (entry / "main").chmod(0o775)


def _a_link(entry, monkeypatch):
    entry.rename(entry.parent / "elsewhere")
    entry.symlink_to(entry.parent / "elsewhere")


def _main_is_a_link(entry, monkeypatch):
    (entry / "main").rename(entry.parent / "main")
    (entry / "main").symlink_to(entry.parent / "main")


@pytest.mark.parametrize(
    "change", [_of_another_user, _open_to_all, _open_to_the_group, _a_link, _main_is_a_link], ids=lambda c: c.__name__
)
def test_a_program_that_others_could_have_put_there_is_not_run(here, monkeypatch, tmp_path, change):
    entry = script_program(tmp_path / "cache", "touch started")
    change(entry, monkeypatch)
    said = refused(here("run", "current_steps", "--out", "out"))
    assert "is not run" in said
    assert "BURSTLAB_CACHE" in said
    assert left_in(tmp_path) == ["cache"]
    assert not list(tmp_path.rglob("started"))


def test_a_program_under_the_key_of_another_is_not_run(monkeypatch, tmp_path):
    monkeypatch.setenv("BURSTLAB_CACHE", str(tmp_path / "cache"))
    entry = script_program(tmp_path / "cache", "exit 0", preset="paper")
    entry.rename(tmp_path / "cache" / programs.entry_name(_key(), key.compiler()))
    assert not programs.is_compiled(current_steps.EXPERIMENT, QUICK, 32)


def test_programs_are_open_to_their_owner_alone(built):
    for path in (built.folder, *built.folder.rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o022, path


# ---- where the cache is ----------------------------------------------------------------------------------------------


def test_a_relative_cache_and_a_home(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for named, expected in (("./new", "new"), ("~/cache", "home/cache"), ("", "home/.cache/burstlab")):
        monkeypatch.setenv("BURSTLAB_CACHE", named)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        assert programs.cache_folder() == tmp_path / expected
    for standard, expected in (("relative", "home/.cache/burstlab"), ("~/x", "home/x/burstlab")):
        monkeypatch.setenv("XDG_CACHE_HOME", standard)
        assert programs.cache_folder() == tmp_path / expected


def test_a_user_without_a_home(here, monkeypatch, tmp_path):
    def nobody(*_):
        raise KeyError("no such user")

    monkeypatch.setattr("pwd.getpwuid", nobody)
    for name in ("HOME", "BURSTLAB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert here("list").returncode == 0
    assert "set BURSTLAB_CACHE" in refused(here("run", "current_steps", "--out", "out"))
    said = here("doctor")
    assert said.returncode == 1
    assert "BAD  cache" in said.stdout
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("named", ["./new", "~/new"])
def test_a_run_with_such_a_cache(built, here, tmp_path, named):
    """The program of the session, under a relative name and one in the home."""
    shutil.copytree(built.folder.parent, tmp_path / "new")
    options = ("--preset", "paper", "--out", "out")
    done = here("run", "current_steps", *options, BURSTLAB_CACHE=named, HOME=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "compiling" not in done.stderr
    assert not {"~", "building"} & set(left_in(tmp_path))


def test_a_file_system_where_no_program_may_run(monkeypatch, tmp_path):
    built = _script(tmp_path, "exit 0")
    (built.folder / "main").chmod(0o644)
    monkeypatch.setattr(process.os, "statvfs", lambda place: SimpleNamespace(f_flag=os.ST_NOEXEC))
    with pytest.raises(RunError, match=r"cannot start .*noexec.*BURSTLAB_CACHE"):
        _run_quick(built, tmp_path / "out")


def test_a_full_disk_is_what_is_said_of_a_run_without_an_end(tmp_path):
    """Brian2's program exits with 0, and leaves an empty file where it would have said that it came to its end."""
    with pytest.raises(RunError, match=r"ended before the simulation did: is the disk full\? \(.* MB are free at /"):
        _run_quick(_script(tmp_path, 'touch "$2last_run_info.txt"'), tmp_path / "out")


EVALUATED = "__import__('pathlib').Path('hacked').touch()"


@pytest.mark.parametrize("words", [("list",), ("run", "current_steps", "--preset", "paper", "--out", "out")])
def test_preferences_in_the_current_folder_are_not_run(built, tmp_path, words):
    (tmp_path / "brian_preferences").write_text(f"core.default_integer_dtype = {EVALUATED}\n")
    assert command(*words, cwd=tmp_path).returncode == 0
    assert "hacked" not in left_in(tmp_path)


@pytest.mark.parametrize("package", ["equations", long("models"), long("experiments")])
def test_a_library_that_is_imported_there(tmp_path, package):
    (tmp_path / "brian_preferences").write_text(f"core.default_integer_dtype = {EVALUATED}\n")
    code = f"import os; before = os.getcwd(); import burstlab.{package}, brian2; assert os.getcwd() == before"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert left_in(tmp_path) == ["brian_preferences"]
