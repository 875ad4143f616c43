"""Exports of a run: other programs read the same numbers from them, and what cannot be exported is one line."""

from __future__ import annotations

import csv
import json
import os
import shutil

import h5py
import numpy as np
import pytest
import xarray

from burstlab.equations.errors import ParameterError
from burstlab.experiments import Result, RunError, load
from burstlab.experiments.runs.export_files import export_run

from .experiment_runs import (
    RECORDED_CELLS,
    cache,
    edited_arrays,
    here,
    left_in,
    recorded_xor,
    refused,
    short_xor,
    steps_result,
)

__all__ = ["cache", "here"]
pynwb = pytest.importorskip("pynwb")


@pytest.fixture
def copied(tmp_path):
    """copied(result): a run directory of one's own."""
    return lambda result: shutil.copytree(result.folder, tmp_path / "run")


def read_nwb(path):
    with pynwb.NWBHDF5IO(path, "r") as opened:
        yield opened.read()


# ---- NWB -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [steps_result, recorded_xor])
def test_nwb_holds_all_that_was_recorded_with_units(made, copied):
    result = load(copied(made()))
    path = export_run(result, "nwb")
    assert path == result.folder / "export.nwb"
    for file in read_nwb(path):
        series = {**file.acquisition, **file.stimulus}
        assert len(series) == sum(len(kept.cells) * len(kept.variables) for kept in result.recorded.values())
        for name, kept in result.recorded.items():
            for row, cell in enumerate(kept.cells):
                for variable, units in (("v_s", "volts"), ("v_d", "volts"), ("I_d", "amperes")):
                    one = series[f"{name}_{cell}_{variable}"]
                    assert one.unit == units
                    assert np.array_equal(one.data[:], result.arrays[f"{kept.group}/{variable}"][row])
                    assert one.starting_time + (len(one.data) - 1) / one.rate == pytest.approx(kept.end)
        assert series[f"{name}_{cell}_v_d"].electrode.location == "apical dendrite"
        said = series[f"{name}_{cell}_w_d"].description
        assert said.startswith("dendritic adaptation, as the voltage that it follows, w_d (volts); cell")
        assert file.subject.species
        assert "no animal" in file.subject.description
        assert file.session_start_time.timestamp() == pytest.approx(os.stat(result.folder / "summary.json").st_mtime)


def test_nwb_has_every_spike_event_and_burst_in_its_cell(copied):
    result = load(copied(recorded_xor()))
    for file in read_nwb(export_run(result, "nwb")):
        table = file.units.to_dataframe()
        assert set(table["population"]) == set(RECORDED_CELLS)
        assert file.units.resolution == pytest.approx(0.2e-3)
        for name in RECORDED_CELLS:
            of_cell = table[table["population"] == name].set_index("cell")
            assert len(of_cell) == 125
            for column, train in (
                ("spike_times", result.spikes(name)), ("events", result.events(name)), ("bursts", result.bursts(name)),
            ):  # fmt: skip
                assert len(train.cell) > 10
                assert sum(map(len, of_cell[column])) == len(train.cell)
                for cell in set(train.cell):
                    assert np.array_equal(of_cell[column][cell], np.sort(np.asarray(train.time)[train.cell == cell]))


def test_nwbinspector_finds_nothing_critical(copied):
    inspector = pytest.importorskip("nwbinspector")
    for made in (steps_result, recorded_xor):
        folder = copied(made())
        found = list(inspector.inspect_nwbfile(nwbfile_path=export_run(load(folder), "nwb")))
        worst = {inspector.Importance.CRITICAL, inspector.Importance.BEST_PRACTICE_VIOLATION}
        worst |= {inspector.Importance.ERROR, inspector.Importance.PYNWB_VALIDATION}
        assert [message.message for message in found if message.importance in worst] == []
        shutil.rmtree(folder)


# ---- netCDF and CSV --------------------------------------------------------------------------------------------------


def test_netcdf_opens_in_xarray_with_all_arrays(copied):
    result = load(copied(short_xor()))  # nothing was recorded: netCDF holds the arrays of any run
    path = result.to_netcdf()
    assert path == result.folder / "export.nc"
    with xarray.open_dataset(path, engine="h5netcdf") as data:
        assert set(data.variables) == {"population", *(name.replace("/", ".") for name in result.arrays)}
        assert [*data["population"].values] == ["input1", "input2", "hidden1", "hidden2", "output"]
        for name, values in result.arrays.items():
            assert np.array_equal(data[name.replace("/", ".")].values, values, equal_nan=values.dtype.kind == "f")
        assert data["bin.event_rate"].attrs["units"] == "Hz"


def test_csv_has_units_in_its_header_and_the_same_numbers(copied):
    result = load(copied(recorded_xor()))
    folder = result.to_csv(result.folder / "tables")
    assert folder == result.folder / "tables"
    assert left_in(folder) == ["bursts.csv", "events.csv", "spikes.csv", "traces-hidden1.csv", "traces-output.csv"]
    for kind, train in (("spikes", result.spikes), ("events", result.events), ("bursts", result.bursts)):
        head, *rows = csv.reader((folder / f"{kind}.csv").open())
        assert head == ["population", "cell", "time (s)"]
        assert len(rows) == sum(len(train(name).cell) for name in RECORDED_CELLS)
        mine = [(int(cell), float(time)) for name, cell, time in rows if name == "output"]
        assert [cell for cell, _ in mine] == list(train("output").cell)
        assert [time for _, time in mine] == pytest.approx(np.asarray(train("output").time), rel=1e-15)
        # Whole steps of 0.2 ms, without what rounding has left of them.
        assert max(len(time) for _, _, time in rows) <= len("1.1998")
    head, *rows = csv.reader((folder / "traces-output.csv").open())
    assert head[0] == "time (s)"
    assert "v_d of cell 0 (V)" in head
    assert "I_d of cell 3 (A)" in head
    assert "g_exc_s of cell 0 (1)" in head
    read = np.array(rows, dtype=float)[:, head.index("v_d of cell 0 (V)")]
    assert np.array_equal(read.astype(np.float32), result.trace("v_d", "output", 0).values)


# ---- the command, and what it refuses --------------------------------------------------------------------------------


def test_the_command_writes_where_it_says(here, tmp_path):
    shutil.copytree(steps_result().folder, tmp_path / "run")
    done = here("export", "run", "--to", "csv", "--out", "new/place")
    assert (done.returncode, done.stdout) == (0, "new/place\n"), done.stderr
    assert left_in(tmp_path / "new") == ["place"]
    done = here("export", "run", "--to", "nwb")
    assert (done.returncode, done.stdout) == (0, "run/export.nwb\n"), done.stderr
    with h5py.File(tmp_path / "run" / "export.nwb") as file:
        assert file["units/spike_times"].attrs["resolution"] == pytest.approx(1e-4)


def test_what_is_there_is_not_replaced(here, tmp_path):
    folder = shutil.copytree(steps_result().folder, tmp_path / "run")
    (folder / "export.nwb").write_text("mine")
    (tmp_path / "notes").mkdir()
    (tmp_path / "link.nc").symlink_to("elsewhere")
    for arguments in (("--to", "nwb"), ("--to", "csv", "--out", "notes"), ("--to", "netcdf", "--out", "link.nc")):
        assert "is there; take another name with --out, or remove it" in refused(here("export", "run", *arguments))
    assert (folder / "export.nwb").read_text() == "mine"
    assert left_in(tmp_path) == ["link.nc", "notes", "run"]


@pytest.mark.parametrize("to", ["nwb", "csv"])
def test_a_run_without_traces_is_refused(here, tmp_path, to):
    shutil.copytree(short_xor().folder, tmp_path / "run")
    before = left_in(tmp_path / "run")
    said = refused(here("export", "run", "--to", to, "--out", f"new/place/a{'.nwb' * (to == 'nwb')}"))
    assert "no cells were recorded; take --record in a run" in said
    assert left_in(tmp_path / "run") == before
    assert left_in(tmp_path) == ["run"]


def test_what_has_no_cells_is_told_what_it_has(here, tmp_path):
    folder = shutil.copytree(steps_result().folder, tmp_path / "run")
    with edited_arrays(folder) as arrays:
        del arrays["trace"]
    about = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(about | {"experiment": "two_sites"}))
    said = refused(here("export", "run", "--to", "csv"))
    assert said.endswith("two_sites has none with a voltage; burstlab export --to netcdf takes all arrays")
    with pytest.raises(RunError, match=r"two_sites has none with a voltage; to_xarray\(\) takes all arrays$"):
        load(folder).to_neo()


@pytest.mark.parametrize("what", ["to_nwb", "to_neo", "to_xarray"])
def test_a_run_that_is_not_done_says_so(copied, what):
    folder = copied(steps_result())
    (folder / "results.h5").unlink()
    summary = json.loads((folder / "summary.json").read_text())
    (folder / "summary.json").write_text(json.dumps(summary | {"status": "diverged", "diverged": "v_s"}))
    for asked in (getattr(load(folder), what), lambda: load(folder).trace("v_s"), lambda: load(folder).arrays):
        with pytest.raises(RunError, match=r"run has no (arrays|traces): its status is diverged$"):
            asked()
    (folder / "summary.json").unlink()
    place = folder / "unfinished"
    place.mkdir()
    (folder / "config.json").rename(place / "config.json")
    (place / "state.json").write_text('{"format": 2, "status": "unfinished"}')
    with pytest.raises(RunError, match=r"run is unfinished; go on with: burstlab\.resume"):
        getattr(Result(folder), what)()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"runs_count": 2, "done_count": 2, "not_done": []}, "run is a sweep, whose runs have no"),
        ({"runs_count": 2, "done_count": 2, "not_done": [], "method": "fit"}, "run is a fit, whose runs have no"),
        ({"runs_count": 2, "done_count": 2, "not_done": [], "method": "sobol"}, "run is a study of sensitivity, whose"),
        (
            {"seeds": [1, 2], "done_count": 1, "runs": [
                {"seed": 1, "status": "failed", "folder": "seed-1"}, {"seed": 2, "status": "done", "folder": "seed-2"},
            ]},
            "run holds several seeds; take one of them, such as run/seed-2",
        ),
    ],
)  # fmt: skip
def test_many_runs_are_told_from_one(here, copied, more, said):
    folder = copied(steps_result())
    (folder / "results.h5").unlink()
    summary = {"experiment": "current_steps", "preset": "quick", "status": "done"} | more
    (folder / "summary.json").write_text(json.dumps(summary))
    for to in ("nwb", "netcdf", "csv"):
        assert said in refused(here("export", "run", "--to", to))
    assert said in refused(here("inspect", "run"))
    for asked in (lambda: load("run").to_xarray(), lambda: load("run").to_nwb(), lambda: load("run").trace("v_s")):
        with pytest.raises(RunError, match=said):
            asked()


def test_other_refusals_are_one_line_and_leave_nothing(here, tmp_path):
    shutil.copytree(steps_result().folder, tmp_path / "run")
    (tmp_path / "file").write_text("")
    before = left_in(tmp_path / "run")
    for arguments, said in (
        (("run", "--to", "csv", "--out", "a.csv"), "--out a.csv: CSV is a folder of files; take a"),
        (("run", "--to", "matlab"), "--to matlab: not one of nwb | netcdf | csv"),
        (("run", "--to", "NWB"), "--to NWB: not one of nwb | netcdf | csv, did you mean nwb?"),
        (("run", "--to", "nwb", "--out", "x.h5"), "ends with .nwb"),
        (("run", "--to", "nwb", "--out", "file/x.nwb"), "cannot write file/x.nwb: file is a file, no folder"),
        (("run", "--to", "csv", "--out", "/proc/nothing/x"), "cannot write /proc/nothing/x"),
        (("nothing", "--to", "csv"), "nothing is not a run directory"),
    ):
        assert said in refused(here("export", *arguments))
    assert left_in(tmp_path / "run") == before
    assert left_in(tmp_path) == ["file", "run"]
    with pytest.raises(ParameterError, match=r"nwb \| netcdf \| csv"):
        export_run(steps_result(), "matlab")
    assert "--to FORMAT is needed: nwb | netcdf | csv" in refused(here("export", "run"))


def test_force_takes_the_exports_of_the_run_before_away(here, tmp_path, monkeypatch, cache):
    monkeypatch.setenv("BURSTLAB_CACHE", str(cache))
    folder = shutil.copytree(steps_result().folder, tmp_path / "run")
    for to in ("nwb", "csv"):
        export_run(load(folder), to)
    (folder / "export-csv" / "mine.txt").write_text("")
    monkeypatch.setenv("BURSTLAB_CACHE", str(cache))
    done = here("run", "current_steps", "--preset", "paper", "--out", "run", "--force", "--backend", "numpy")
    assert done.returncode == 0, done.stderr
    assert not (folder / "export.nwb").exists()
    assert left_in(folder / "export-csv") == ["mine.txt"]


def test_missing_extras_are_named(monkeypatch):
    real = __import__("importlib").import_module

    def without(name):
        if name in ("pynwb", "xarray"):
            raise ModuleNotFoundError(name)
        return real(name)

    result = load(steps_result().folder)
    monkeypatch.setattr("importlib.import_module", without)
    with pytest.raises(RunError, match=r"burstlab\[nwb\]"):
        result.to_nwb()
