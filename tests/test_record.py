"""The run directory: whole or not there, and readable by anybody's HDF5."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray

from burstlab.experiments import RunError, load
from burstlab.experiments.experiment import Analysis, Array
from burstlab.experiments.runs import folders
from burstlab.experiments.runs.arrays import read_arrays, write_arrays

from .experiment_runs import left_in


def test_published_when_all_went_well(tmp_path):
    with folders.new_folder(tmp_path / "a" / "run", force=False) as partial:
        (partial / "x").write_text("1")
        assert not (tmp_path / "a" / "run").exists()
    assert left_in(tmp_path / "a") == ["run"]
    assert left_in(tmp_path / "a" / "run") == ["x"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, RunError, OSError])
def test_nothing_is_left_of_a_failure(tmp_path, error):
    raised = RunError if error is OSError else error

    def write():
        with folders.new_folder(tmp_path / "run", force=False) as partial:
            (partial / "x").write_text("1")
            raise error("no")

    with pytest.raises(raised):
        write()
    assert left_in(tmp_path) == []


def test_a_failure_keeps_what_force_would_replace(tmp_path):
    _write_run(tmp_path / "run")
    with pytest.raises(RunError), folders.new_folder(tmp_path / "run", force=True):
        raise RunError("no")
    assert load(tmp_path / "run").status == "done"


def test_an_existing_folder_is_refused(tmp_path):
    _write_run(tmp_path / "run")
    with pytest.raises(RunError, match=r"run exists.*force=True"), folders.new_folder(tmp_path / "run", force=False):
        pytest.fail("the body must not run")
    assert load(tmp_path / "run").status == "done"


def test_a_folder_that_appears_meanwhile_is_kept(tmp_path):
    with pytest.raises(RunError, match="exists"), folders.new_folder(tmp_path / "run", force=False):
        _write_run(tmp_path / "run")
    assert left_in(tmp_path) == ["run"]
    assert load(tmp_path / "run").status == "done"


def test_force_replaces_a_run(tmp_path):
    _write_run(tmp_path / "run")
    with folders.new_folder(tmp_path / "run", force=True) as partial:
        (partial / "new").write_text("1")
    assert left_in(tmp_path / "run") == ["new"]


def test_what_it_did_not_write_stays(tmp_path):
    """Notes and folders of a user in a run directory, and files of our names in folders of others."""
    _write_run(tmp_path / "run")
    mine = {"notes.md": "a", "analysis/figure.png": "b", "seed-1/thesis.txt": "c", "runs/000001/plan.txt": "d"}
    for name, text in mine.items():
        (tmp_path / "run" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "run" / name).write_text(text)
    _write_run(tmp_path / "run" / "seed-2")
    with folders.new_folder(tmp_path / "run", force=True) as partial:
        (partial / "config.json").write_text("new")
    assert {name: (tmp_path / "run" / name).read_text() for name in mine} == mine
    assert left_in(tmp_path / "run") == ["analysis", "config.json", "notes.md", "runs", "seed-1"]


def test_a_run_that_is_replaced_looks_whole_at_no_moment(tmp_path, monkeypatch):
    _write_run(tmp_path / "run")
    seen = []
    real = Path.rename

    def watched(path, target):
        seen.append((Path(target).name, (tmp_path / "run" / "summary.json").exists()))
        return real(path, target)

    with folders.new_folder(tmp_path / "run", force=True) as partial:
        for name in ("summary.json", "config.json", "results.h5"):
            (partial / name).write_text("{}")
        monkeypatch.setattr(Path, "rename", watched)
    assert seen == [("config.json", False), ("results.h5", False), ("summary.json", False)]


def test_a_seed_can_be_made_again_beside_a_users_notes(tmp_path):
    _write_run(tmp_path / "runs")
    (tmp_path / "runs" / "seed-1").mkdir()
    (tmp_path / "runs" / "seed-1" / "notes.md").write_text("notes")
    with folders.new_folder(tmp_path / "runs" / "seed-1", force=True) as partial:
        (partial / "config.json").write_text("new")
    assert left_in(tmp_path / "runs" / "seed-1") == ["config.json", "notes.md"]


# ---- links -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("there", [False, True])
def test_a_link_is_refused_before_the_work(tmp_path, force, there):
    if there:
        _write_run(tmp_path / "elsewhere")
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="run is a link"), folders.new_folder(tmp_path / "run", force):
        pytest.fail("the body must not run")
    assert (tmp_path / "run").is_symlink()
    assert there == (tmp_path / "elsewhere" / "summary.json").exists()


@pytest.mark.parametrize("name", ["figure.png", "unfinished", "seed-3", "runs", "seed-1/results.h5"])
def test_a_link_in_the_place_of_something_that_is_written(tmp_path, name):
    _write_run(tmp_path / "run")
    _write_run(tmp_path / "run" / "seed-1")
    _write_run(tmp_path / "elsewhere")
    (tmp_path / "run" / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunError, match=f"{name} is a link"):
        folders.check_free(tmp_path / "run", force=True)
    assert left_in(tmp_path / "elsewhere") == ["config.json", "summary.json"]


def test_a_link_of_the_users_own_is_nobodys_business(tmp_path):
    _write_run(tmp_path / "run")
    _write_run(tmp_path / "elsewhere")
    (tmp_path / "run" / "analysis").symlink_to(tmp_path / "elsewhere")
    with folders.new_folder(tmp_path / "run", force=True) as partial:
        (partial / "config.json").write_text("new")
    assert left_in(tmp_path / "run") == ["analysis", "config.json"]
    assert load(tmp_path / "elsewhere").status == "done"


def test_nothing_is_written_through_a_link(tmp_path):
    (tmp_path / "thesis.pdf").write_text("thesis")
    (tmp_path / "figure.pdf").symlink_to(tmp_path / "thesis.pdf")
    with pytest.raises(RunError, match="is a link"):
        folders.publish(tmp_path / "figure.pdf", lambda path: path.write_text("new"))
    assert (tmp_path / "thesis.pdf").read_text() == "thesis"


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    """What is published is whole even if the power goes: its bytes are synchronised, then it is renamed."""
    seen = []
    sync, rename = os.fsync, Path.rename

    def synced(descriptor):
        seen.append(("synced", os.stat(f"/proc/self/fd/{descriptor}").st_size))
        sync(descriptor)

    def renamed(path, target):
        seen.append(("renamed", Path(target).name))
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    folders.write_json(tmp_path, "summary.json", {"a": 1})
    arrays = {"trace/time": Array(np.arange(5000.0), "s", ("sample",))}
    write_arrays(tmp_path, arrays)
    sizes = [(tmp_path / name).stat().st_size for name in ("summary.json", "results.h5")]
    assert seen == [
        ("synced", sizes[0]), ("renamed", "summary.json"), ("synced", sizes[1]), ("renamed", "results.h5")
    ]  # fmt: skip


# ---- modes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("umask", "folder", "file"), [(0o002, 0o775, 0o664), (0o077, 0o700, 0o600)])
def test_modes_are_those_of_the_umask(tmp_path, umask, folder, file):
    before = os.umask(umask)
    try:
        with folders.new_folder(tmp_path / "run", force=False) as partial:
            folders.write_json(partial, "config.json", {})
            folders.begin(partial)
    finally:
        os.umask(before)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "run", *(tmp_path / "run").rglob("*"))
    }
    assert modes == {"run": folder, "config.json": file, "unfinished": folder, "state.json": file}


def test_force_replaces_several_seeds(tmp_path):
    _write_run(tmp_path / "runs")
    _write_run(tmp_path / "runs" / "seed-1")
    with folders.new_folder(tmp_path / "runs", force=True) as partial:
        (partial / "config.json").write_text("new")
    assert left_in(tmp_path / "runs") == ["config.json"]


def _a_file(folder):
    folder.write_text("thesis")


def _other_files(folder):
    folder.mkdir()
    (folder / "thesis.txt").write_text("thesis")


def _foreign_config(folder):
    _other_files(folder)
    (folder / "config.json").write_text('{"editor": "vi"}')


def _config_far_below(folder):
    _other_files(folder)
    (folder / "web" / "app").mkdir(parents=True)
    (folder / "web" / "app" / "config.json").write_text("{}")


def _all_results(folder):
    folder.mkdir()
    _write_run(folder / "xor" / "quick-seed1")


def _config_of_another_program(folder):
    _other_files(folder)
    (folder / "config.json").write_text('{"format": 1, "experiment": "xor"}')


@pytest.mark.parametrize(
    "make",
    [_a_file, _other_files, _foreign_config, _config_far_below, _all_results, _config_of_another_program],
)
def test_force_overwrites_only_runs(tmp_path, make):
    make(tmp_path / "there")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RunError, match=r"not a run directory|is a file, and stays"):
        folders.check_free(tmp_path / "there", force=True)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot write"), folders.new_folder(tmp_path / "file" / "run", force=False):
        pytest.fail("the body must not run")


# ---- arrays ----------------------------------------------------------------------------------------------------------


def _arrays(rng):
    return {
        "trace/time": Array(np.arange(2000) * 1e-4, "s", ("sample",)),
        "trace/v_s": Array(rng.random((3, 2000)).astype(np.float32), "V", ("cell", "sample")),
        "spikes/cell": Array(np.array([2, 0], dtype=np.int32), "1", ("spike",)),
        "spikes/time": Array(np.array([0.1, 0.2]), "s", ("spike",)),
        "weights/w": Array(np.empty(0, dtype=np.float32), "1", ("synapse",)),
        # Dimensions with the names of another array and of a group.
        "fit/curve": Array(np.ones((2, 3)), "1", ("curve", "point")),
        "fit/point/x": Array(np.zeros(3), "1", ("x",)),
    }


def test_arrays_come_back_with_values_and_types(tmp_path, rng):
    arrays = _arrays(rng)
    write_arrays(tmp_path, arrays)
    found = read_arrays(tmp_path)
    assert set(found) == set(arrays)
    for name, (values, _, _) in arrays.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)


def test_units_and_dimension_scales(tmp_path, rng):
    arrays = _arrays(rng)
    write_arrays(tmp_path, arrays)
    with h5py.File(tmp_path / "results.h5") as file:
        for name, (_, units, dims) in arrays.items():
            assert file[name].attrs["units"] == units
            assert tuple(dim.label for dim in file[name].dims) == dims
        assert file["trace/time"].is_scale
        assert [scale.name for scale in file["trace/v_s"].dims[1].values()] == ["/trace/time"]
        assert [scale.name for scale in file["spikes/cell"].dims[0].values()] == ["/spikes/time"]


def test_every_dimension_has_a_scale(tmp_path, rng):
    arrays = _arrays(rng)
    write_arrays(tmp_path, arrays)
    with h5py.File(tmp_path / "results.h5") as file:
        scales = {name: [list(dim.values()) for dim in file[name].dims] for name in arrays}
        for name, attached in scales.items():
            assert file[name].is_scale or all(len(found) == 1 for found in attached), name
            for k, found in enumerate(attached):
                assert all(scale.shape == (file[name].shape[k],) for scale in found)
        assert scales["fit/curve"][0][0].name == "/fit/curve_index"
        assert scales["fit/curve"][1][0].name == "/fit/point_index"
        assert all(file[name].fletcher32 == (values.size > 0) for name, (values, _, _) in arrays.items())
    for group in ("trace", "spikes", "weights", "fit"):
        with xarray.open_dataset(tmp_path / "results.h5", group=group) as data:
            assert set(data.variables) == {
                name.removeprefix(f"{group}/") for name in arrays if name.rpartition("/")[0] == group
            }


def test_a_dimension_has_one_length(tmp_path):
    arrays = {"a/x": Array(np.zeros(3), "1", ("k",)), "a/y": Array(np.zeros(4), "1", ("k",))}
    with pytest.raises(ValueError, match="a/y: 4 values along k, but a/k has 3"):
        write_arrays(tmp_path, arrays)


def test_same_arrays_same_bytes(tmp_path, rng):
    arrays = _arrays(rng)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_arrays(tmp_path / name, arrays)
    assert (tmp_path / "a" / "results.h5").read_bytes() == (tmp_path / "b" / "results.h5").read_bytes()


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_truncated_file_is_refused(tmp_path, rng, part):
    write_arrays(tmp_path, _arrays(rng))
    file = tmp_path / "results.h5"
    whole = file.read_bytes()
    file.write_bytes(whole[: int(part * len(whole))])
    with pytest.raises(RunError, match=r"results\.h5 cannot be read"):
        read_arrays(tmp_path)


def test_a_damaged_file_is_refused(tmp_path, rng):
    write_arrays(tmp_path, _arrays(rng))
    file = tmp_path / "results.h5"
    with h5py.File(file) as opened:
        chunk = opened["trace/v_s"].id.get_chunk_info(0)
    damaged = bytearray(file.read_bytes())
    damaged[chunk.byte_offset + 20 : chunk.byte_offset + 60] = bytes(40)
    file.write_bytes(damaged)
    with pytest.raises(RunError, match=r"results\.h5 cannot be read"):
        read_arrays(tmp_path)


# ---- config and summary ----------------------------------------------------------------------------------------------


CONFIG = {
    "format": folders.FORMAT, "experiment": "xor", "preset": "quick", "seed": 1, "backend": "cpp", "float_bits": 32,
    "parameters": {}, "versions": {"burstlab": "0.2"},
}  # fmt: skip


def _write_run(folder, **config):
    folder.mkdir(parents=True)
    folders.write_json(folder, "config.json", CONFIG | config)
    folders.write_json(folder, "summary.json", {"experiment": "xor", "preset": "quick", "seed": 1, "status": "done"})


def test_a_newer_format_is_refused(tmp_path):
    _write_run(tmp_path / "run", format=folders.FORMAT + 1)
    with pytest.raises(RunError, match="newer burstlab"):
        load(tmp_path / "run")


@pytest.mark.parametrize("content", ["", "{", "[1]", '"word"', "\x00\xff"])
@pytest.mark.parametrize("name", ["config.json", "summary.json"])
def test_garbled_json_is_refused(tmp_path, name, content):
    _write_run(tmp_path / "run")
    (tmp_path / "run" / name).write_text(content, encoding="latin-1")
    with pytest.raises(RunError, match=name):
        load(tmp_path / "run")


@pytest.mark.parametrize("format_", ["2", None, [1]])
def test_a_format_that_is_no_number_is_refused(tmp_path, format_):
    _write_run(tmp_path / "run", format=format_)
    with pytest.raises(RunError):
        load(tmp_path / "run")


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(RunError, match="not a run directory"):
        load(tmp_path)
    with pytest.raises(RunError, match="not a run directory"):
        load(tmp_path / "nothing")


def test_json_holds_no_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        folders.write_json(tmp_path, "summary.json", {"speed": float("nan")})
    assert not (tmp_path / "summary.json").exists()


# ---- divergence ------------------------------------------------------------------------------------------------------


def _divergence(values, low=-0.3, high=0.3):
    return Analysis(arrays={}, summary={}, bounds={"v_s": (np.asarray(values), low, high, "V")}).divergence


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_not_finite_is_divergence(wrong):
    said = _divergence(np.array([-0.07, wrong, -0.07]))
    assert said is not None
    assert "v_s is not finite in 1 of 3" in said


def test_outside_is_divergence_and_the_bound_is_not():
    assert "outside" in str(_divergence([-0.07, 0.31]))
    assert "outside" in str(_divergence([-0.31, 0.0]))
    assert _divergence(np.array([-0.3, 0.3], dtype=np.float32)) is None
    assert _divergence([-0.07, 0.02]) is None
