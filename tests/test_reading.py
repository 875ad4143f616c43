"""What is read is checked: damaged results, hand-edited JSON and runs of an older format are refused in a line."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from unittest import mock

import h5py
import numpy as np
import pytest
from brian2 import mV

from burstlab.experiments import RunError, SweepResult, load, resume
from burstlab.experiments.cli import inspection as inspect_
from burstlab.experiments.cli import terminal
from burstlab.experiments.cli.compare import compare
from burstlab.experiments.runs import folders, hdf5, resuming, runner, sweep_table
from burstlab.experiments.runs import seeds as seeds_
from burstlab.experiments.runs.arrays import read
from burstlab.experiments.runs.checkpoint import begin
from burstlab.experiments.runs.folders import write_json
from burstlab.experiments.runs.plans import plan
from burstlab.experiments.runs.sweep_plan import plan as plan_sweep
from burstlab.models.parameters import ParameterError

from .experiment_runs import SHORT_XOR, cache, here, refused, short_xor

__all__ = ["cache", "here"]
OLD = Path(__file__).parent / "reference" / "run_format_1"
COPIES = 300


# ---- damaged results -------------------------------------------------------------------------------------------------


def flipped(content: bytes, rng: random.Random) -> bytes:
    """The same with one to three bits that are not as they were."""
    damaged = bytearray(content)
    for place in rng.sample(range(8 * len(content)), rng.randint(1, 3)):
        damaged[place // 8] ^= 1 << place % 8
    return bytes(damaged)


def test_flipped_bits_are_seen(cache, tmp_path):
    whole = (short_xor().folder / "results.h5").read_bytes()
    file, rng = tmp_path / "results.h5", random.Random(1)
    for _ in range(COPIES):
        file.write_bytes(flipped(whole, rng))
        with pytest.raises(RunError, match=r"results\.h5 cannot be read: it is damaged"):
            read(file)
    file.write_bytes(whole)
    assert len(read(file)[0]) > 20


def test_flipped_bits_where_a_reader_sees_the_arrays_only(cache, tmp_path):
    """Without the line behind it the file is still HDF5, whose own checksums see most of the damage to numbers."""
    whole = (short_xor().folder / "results.h5").read_bytes()
    file = tmp_path / "results.h5"
    file.write_bytes(whole)
    arrays, _ = read(file)
    assert all(
        np.array_equal(values, arrays[name], equal_nan=values.dtype.kind == "f")
        for name, values in load(short_xor().folder).arrays.items()
    )
    with h5py.File(file) as opened:
        assert all(opened[name].fletcher32 for name, values in arrays.items() if values.size)
        places = [opened[name].id.get_chunk_info(0) for name, values in arrays.items() if values.size]
    for chunk in places:
        damaged = bytearray(whole)
        damaged[chunk.byte_offset + chunk.size // 2] ^= 4
        file.write_bytes(damaged)
        with h5py.File(file) as opened, pytest.raises(OSError, match="read data"):
            _ = [opened[name][()] for name in arrays]


@pytest.mark.parametrize(
    "number", [pytest.param(12, id="few"), pytest.param(COPIES, id="many", marks=pytest.mark.slow)]
)
def test_flipped_bits_in_the_older_format(tmp_path, number):
    """Nothing says which of its numbers are damaged; but no damage ends in anything else than a line."""
    whole, rng = (OLD / "results.h5").read_bytes(), random.Random(2)
    file = tmp_path / "results.h5"
    said = []
    for _ in range(number):
        file.write_bytes(flipped(whole, rng))
        try:
            read(file, sealed=False)
        except RunError as error:
            said.append(str(error))
    assert 0 < len(said) < number
    assert not any("\n" in line for line in said)
    file.write_bytes(whole)
    assert len(read(file, sealed=False)[0]) == len(load(OLD).arrays)


def test_what_crashes_or_stops_hdf5_is_refused(tmp_path, monkeypatch):
    for ending in ("os.kill(os.getpid(), 11)", "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass"):
        script = tmp_path / "script.py"
        script.write_text(f"import os, resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n{ending}\n")
        monkeypatch.setattr(hdf5, "__file__", str(script))
        with pytest.raises(RunError, match="HDF5 crashes on it or comes to no end"):
            load(OLD).arrays  # noqa: B018


def test_a_damaged_run_through_the_commands(here, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(short_xor().folder, folder)
    file, rng = folder / "results.h5", random.Random(3)
    whole = file.read_bytes()
    for arguments in (("figure", "run"), ("inspect", "run"), ("compare", "run", "run")):
        file.write_bytes(flipped(whole, rng))
        assert "run/results.h5 cannot be read: it is damaged" in refused(here(*arguments))


# ---- files that are none of ours -------------------------------------------------------------------------------------


def _external_values(file):
    file.create_dataset("x", shape=(4,), dtype="f8", external=[("/etc/hostname", 0, 8 * 4)])


def _values_of_others(file):
    layout = h5py.VirtualLayout(shape=(4,), dtype="f8")
    layout[:] = h5py.VirtualSource("/etc/other.h5", "x", shape=(4,))
    file.create_virtual_dataset("x", layout)


def _a_link(file):
    file["x"] = h5py.SoftLink("/y")


def _a_link_to_another_file(file):
    file["x"] = h5py.ExternalLink("other.h5", "/x")


def _a_circle(file):
    inner = file.create_group("a/b")
    inner["c"] = file["a"]


def _unstored_values(file):
    file.create_dataset("x", shape=(10**11,), dtype="f8", chunks=(10**6,))


def _too_many_zeros(file):
    file.create_dataset("x", shape=(10**12,), dtype="f8", chunks=(10**6,), compression="gzip")[:1000] = 1


def _objects(file):
    file.create_dataset("x", data=np.zeros(3, dtype=[("a", "f8"), ("b", "i4")]))


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    ("fill", "said"),
    [
        (_external_values, "values in another file"),
        (_values_of_others, "values in another file"),
        (_a_link, "is a link"),
        (_a_link_to_another_file, "is a link"),
        (_a_circle, "there twice"),
        (_unstored_values, "cannot be in 0 bytes"),
        (_too_many_zeros, "cannot be in"),
        (_objects, "neither numbers nor text"),
    ],
)
def test_what_burstlab_never_writes_is_refused(tmp_path, fill, said, sealed):
    if sealed:
        hdf5.write(tmp_path / "results.h5", fill)
    else:
        with h5py.File(tmp_path / "results.h5", "w") as file:
            fill(file)
    with pytest.raises(RunError, match=said):
        read(tmp_path / "results.h5", sealed)


def test_a_run_of_this_format_has_a_checksum(cache, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(short_xor().folder, folder)
    file = folder / "results.h5"
    file.write_bytes(file.read_bytes().rpartition(b"burstlab 1 sha256")[0])
    with pytest.raises(RunError, match="it is damaged"):
        load(folder).arrays  # noqa: B018


# ---- a run of the older format ---------------------------------------------------------------------------------------


def test_a_run_of_the_older_format_is_read(tmp_path):
    folder = tmp_path / "old"
    shutil.copytree(OLD, folder)
    result = load(folder)
    assert result.config["format"] == 1
    assert result.layout["trace/v_d"] == ("V", ("cell", "sample"), ("", "trace/time"))
    assert float(result.trace("v_d", cell=1).values.max() / mV) > 0
    assert [path.name for path in runner.draw(result)] == ["figure.png", "figure.pdf"]
    shutil.copytree(folder, tmp_path / "other")
    compared = compare(folder, tmp_path / "other", tmp_path / "compare.png")
    assert compared.differences == []
    assert compared.figure is not None


# ---- edited JSON -----------------------------------------------------------------------------------------------------

WRONG = (
    None, True, -1, 0, 7, 10**30, 1.5, "", "abc", "-3 ms", "../..", "/etc", "\0", [], [[]], ["a"], [1, "b", None],
    {}, {"a": 1}, {"cells": "abc"}, {"folder": 3},
)  # fmt: skip
RAW = ("NaN", "1e999", "-Infinity", "9" * 5000, "[" * 100_000, '"\\ud800"', "\x00", "\xff", "//", "'x'")


def edited(content: dict, rng: random.Random) -> bytes:
    """A JSON file in which somebody has removed, replaced or truncated something."""
    content = json.loads(json.dumps(content))
    holder, name = rng.choice(list(_places(content)))
    how = rng.randrange(4)
    if how == 0:
        del holder[name]
    elif how == 1:
        holder[name] = rng.choice(WRONG)
    elif how == 2:
        holder[name] = "REPLACED"
    text = json.dumps(content, indent=2).replace('"REPLACED"', rng.choice(RAW))
    if how == 3:
        text = text[: rng.randrange(len(text))]
    return text.encode("latin-1")


def _places(content):
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for name, value in items:
        yield content, name
        if isinstance(value, dict | list):
            yield from _places(value)


def _edited_and_used(folder, names, uses, number, seed):
    """Edit one file after the other, and use the folder: each use works, or ends in a line."""
    rng, said = random.Random(seed), []
    with pytest.MonkeyPatch.context() as patch:
        _make_nothing(patch)
        for _ in range(number):
            file = folder / rng.choice(names)
            whole = file.read_bytes()
            file.write_bytes(edited(json.loads(whole), rng))
            for use in uses:
                try:
                    use()
                except (RunError, ParameterError) as error:
                    said.append(str(error))
            file.write_bytes(whole)
        assert number / 4 < len(said) < number * len(uses)
        assert not any("\n" in line or len(line) > 1000 for line in said)
        for use in uses:
            use()


def _make_nothing(patch):
    """Let the verbs end when they have read everything and found it good."""
    patch.setattr(hdf5, "_try", lambda path: None)  # no results.h5 is damaged there
    patch.setattr(folders, "publish", lambda path, write: None)
    made = mock.Mock(return_value=mock.Mock(summary={"status": "failed", "seed": 1, "reason": "not made"}))
    for module, name in (
        (runner, "go_on"), (seeds_, "program_of"), (seeds_, "go_on"), (seeds_, "execute"), (resuming, "execute")
    ):  # fmt: skip
        patch.setattr(module, name, made)


def number(quick):
    """So many edited files in the quick tests, which are as many as COPIES together, and COPIES in the slow ones."""
    return pytest.mark.parametrize("number", [quick, pytest.param(COPIES, marks=pytest.mark.slow)])


@number(120)
def test_edited_files_of_a_run(tmp_path, number):
    folder = tmp_path / "run"
    shutil.copytree(OLD, folder)
    uses = (
        lambda: load(folder).figure().clear(),
        lambda: inspect_.look(load(folder)),
        lambda: compare(folder, OLD),
        lambda: load(folder).to_xarray(),
    )
    _edited_and_used(folder, ("config.json", "summary.json"), uses, number, 4)


@number(80)
def test_edited_files_of_a_run_that_is_unfinished(cache, tmp_path, number):
    trained, folder = tmp_path / "trained", tmp_path / "out"
    shutil.copytree(short_xor().folder, trained)
    planned = plan("xor", weights=trained, record={"output": [0, 3]}, window=(0.1, 0.3))
    begin(folder, planned.describe(), 1, force=False)
    names = ("unfinished/config.json", "unfinished/state.json")
    _edited_and_used(
        folder, names, (lambda: resuming.resume_runs(folder, resuming.stopped_kind(folder)),), number // 2, 5
    )
    names = ("config.json", "summary.json")
    _edited_and_used(trained, names, (lambda: plan("xor", weights=trained),), number // 2, 6)


@number(40)
def test_edited_files_of_seeds(cache, tmp_path, number):
    folder = tmp_path / "seeds"
    folder.mkdir()
    for seed in (1, 2):
        shutil.copytree(short_xor(seed).folder, folder / f"seed-{seed}")
    plans = [plan("xor", seed=seed, changes=dict(SHORT_XOR)) for seed in (1, 2)]
    write_json(folder, "config.json", plans[0].describe() | {"seeds": [1, 2]})
    summaries = [load(folder / f"seed-{seed}").summary for seed in (1, 2)]
    write_json(folder, "summary.json", runner.finite(seeds_.over_seeds(summaries, plans[0], folder)))

    def go_on():
        (folder / "unfinished").mkdir(exist_ok=True)
        (folder / "unfinished" / "state.json").write_text('{"status": "unfinished", "checkpoint": 0}')
        resume(folder)

    names = ("config.json", "summary.json", "seed-1/config.json", "seed-2/summary.json")
    _edited_and_used(folder, names, (lambda: load(folder).figure().clear(), go_on), number, 7)


@number(60)
def test_edited_files_of_a_sweep(tmp_path, number):
    folder = tmp_path / "sweep"
    folder.mkdir()
    planned = plan_sweep("current_steps", vary={"tau_d": "5 ms:9 ms:3", "C_d": "[160 pF,170 pF]"}, seeds=2)
    kept = [sweep_table.Kept("done", numbers={"burst_count": k}) for k in range(12)]
    sweep_table.write(folder, sweep_table.table(planned, planned.runs, kept, set()), {"tau_d": "ms", "C_d": "pF"})
    write_json(folder, "config.json", planned.describe())
    counts = {"runs_count": 12, "done_count": 12, "not_done": []}
    write_json(folder, "summary.json", {"experiment": "x", "preset": "quick", "status": "done", **counts})
    uses = (
        lambda: SweepResult(folder).figure().clear(),
        lambda: terminal.report_sweep(SweepResult(folder).summary, folder),
        lambda: resume(folder),
    )
    _edited_and_used(folder, ("config.json", "summary.json"), uses, number, 8)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("config", {"weights": "abc"}, 'weights is "abc"; needed is an object with sha256'),
        ("config", {"recording": {"cells": "abc"}}, "recording has no sizes"),
        (
            "config",
            {"recording": {"cells": {"cells": "abc"}, "sizes": {}, "window": ["0 s", "1 s"]}},
            'recording.cells.cells is "abc"; needed is a list',
        ),
        ("config", {"seed": True}, "seed is true; needed is a whole number from 0 on"),
        ("config", {"parameters": [1]}, "parameters is [1]; needed is an object"),
        ("config", {"parameters": {"dt": None}}, "parameters.dt is null; needed is a text or a number or a list"),
        ("config", {"format": "2"}, 'format is "2"; needed is a whole number'),
        ("summary", {"status": "well"}, 'status is "well"; needed is a text such as "done"'),
        ("summary", {"run_s": "fast"}, 'run_s is "fast"; needed is a number or null'),
        ("summary", {"runs": [], "seeds": [1], "done_count": 1, "status": "done"}, "runs is []; needed is a list"),
        (
            "summary",
            {"seeds": [1], "done_count": 1, "runs": [{"seed": 1, "status": "done", "folder": "seed-1/../../other"}]},
            'runs[0].folder is "seed-1/../../other"; needed is a text such as "seed-1"',
        ),
    ],
)
def test_an_edited_entry_is_named(tmp_path, name, change, said):
    folder = tmp_path / "run"
    shutil.copytree(OLD, folder)
    file = folder / f"{name}.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(RunError) as raised:
        load(folder)
    assert str(raised.value).startswith(f"{file}: {said}")


@pytest.mark.parametrize("raw", RAW)
def test_json_that_burstlab_does_not_write(tmp_path, raw):
    folder = tmp_path / "run"
    shutil.copytree(OLD, folder)
    file = folder / "config.json"
    file.write_bytes(file.read_text().replace('"seed": 1', f'"note": {raw}').encode("latin-1"))
    with pytest.raises(RunError, match=r"config\.json cannot be read") as raised:
        load(folder)
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        ({"recording": {"cells": "abc"}}, ("figure", "run")),
        ({"weights": "abc"}, ("compare", "run", "run")),
        ({"parameters": "abc"}, ("inspect", "run")),
        ({"experiment": "xorr"}, ("figure", "run")),
        ({"seeds": "abc"}, ("resume", "run")),
        ({"vary": "abc"}, ("resume", "run")),
    ],
)
def test_edited_configs_through_the_commands(here, tmp_path, change, arguments):
    shutil.copytree(OLD, tmp_path / "run")
    file = tmp_path / "run" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    before = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert next(iter(change)) in refused(here(*arguments))
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == before
