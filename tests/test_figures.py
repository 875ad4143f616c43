"""Every experiment draws its figure from a saved run, and from its saved arrays alone."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import xarray

from burstlab.experiments import RunError, load
from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.runs import runner

from .experiment_runs import LONG, RUNS, cache
from .patience import long
from .stopping import same_files

__all__ = ["cache"]


def test_every_experiment_is_here():
    assert set(RUNS) == set(EXPERIMENTS)


@pytest.fixture(params=[long(name) if name in LONG else name for name in sorted(RUNS)])
def result(request):
    """A finished run of each experiment."""
    return RUNS[request.param]()


def test_a_run_has_its_figures(result):
    assert (result.folder / "figure.png").stat().st_size > 20_000
    assert (result.folder / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert (result.folder / "figure.pdf").read_bytes().startswith(b"%PDF")


def test_drawn_again_from_the_record_alone(result, tmp_path):
    copy = tmp_path / "elsewhere"
    copy.mkdir()
    for name in ("config.json", "summary.json", "results.h5"):
        shutil.copy(result.folder / name, copy)
    drawn = runner.draw(load(copy))
    assert [path.name for path in drawn] == ["figure.png", "figure.pdf"]
    assert (copy / "figure.png").stat().st_size > 20_000
    # The same record gives the same picture.
    same_files(copy, result.folder, "figure.png", "figure.pdf")


def test_every_panel_shows_data(result):
    figure = result.figure()
    assert len(figure.axes) >= 3
    for axes in figure.axes:
        drawn = any(len(line.get_xdata()) > 1 for line in axes.lines)
        assert drawn or axes.patches or axes.images or axes.collections, axes.get_title(loc="left")


def test_every_group_opens_in_xarray(result):
    groups = {name.rpartition("/")[0] for name in result.arrays}
    assert groups
    for group in sorted(groups):
        inside = {name.removeprefix(f"{group}/") for name in result.arrays if name.rpartition("/")[0] == group}
        # As anybody would: xarray finds out by itself that it is HDF5.
        with xarray.open_dataset(result.folder / "results.h5", group=group) as data:
            assert set(data.variables) == inside
            for name in inside:
                assert data[name].attrs["units"] == result.layout[f"{group}/{name}"].units
                np.testing.assert_array_equal(data[name].values, result.arrays[f"{group}/{name}"])


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_saved_as_netcdf(result, tmp_path, engine):
    result.to_xarray().to_netcdf(tmp_path / "x.nc", engine=engine)
    with xarray.open_dataset(tmp_path / "x.nc", engine=engine) as data:
        arrays = {name.replace("/", ".") for name in result.arrays}
        assert arrays <= set(data.variables) <= arrays | {"population", "cell"}
        for name, values in result.arrays.items():
            np.testing.assert_array_equal(data[name.replace("/", ".")].values, values)
        assert data.attrs["experiment"] == result.config["experiment"]


def test_no_figure_without_results(result, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(result.folder, copy)
    (copy / "results.h5").unlink()
    with pytest.raises(RunError, match=r"results\.h5"):
        runner.draw(load(copy))
