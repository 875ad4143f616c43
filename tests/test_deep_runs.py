"""Runs of `deep`: the same bytes for the same seed, stopped or not; what is refused; what diverges; without JAX."""

from __future__ import annotations

import itertools
import json
import os
import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("jax")

from burstlab.experiments import load, resume, run
from burstlab.experiments.catalogue import find
from burstlab.experiments.contract.reference import compare
from burstlab.experiments.engine import identity
from burstlab.experiments.runs.plans import plan

from .conformance import check_conformance
from .experiment_runs import command, here, left_in, refused, run_once
from .image_files import idx_folder, made_up, npz
from .stopping import same_files, stop_when

__all__ = ["here"]
SHORT = {"hidden": "20, 15", "epochs": 3, "batch": 20}
OPTIONS = [part for name, value in SHORT.items() for part in ("--set", f"{name}={value}")]


def same_run(one, other):
    same_files(one, other, "config.json", "results.h5", "figure.png", "figure.pdf")
    assert left_in(one) == left_in(other)
    summaries = [json.loads((folder / "summary.json").read_text()) for folder in (one, other)]
    assert {name for name in summaries[0] if summaries[0][name] != summaries[1][name]} <= {"run_s"}


def quick():
    return run_once("deep")


def test_the_quick_preset_learns_the_digits():
    result = quick()
    check_conformance(find("deep"), result)
    found = compare(result.summary, find("deep").references_of("quick"))
    assert len(found) == 4
    assert all(each.agrees for each in found), [(each.reference.name, each.ours) for each in found]
    assert result.arrays["epoch/error"][0] > 0.5, "there was nothing to learn"
    assert result.config["data"]["train"] == 1437
    assert {"jax", "jaxlib"} <= set(result.config["versions"])


CASES = {
    "backprop": {"rule": "backprop"},
    "bursts": {},
    "one_phase": {"rule": "one_phase"},
    "nodes": {"rule": "node_perturbation", "noise": 0.01},
    "convolutions": {"network": "convolutional", "filters": "4, 6", "kernels": "3, 3", "strides": "1, 2",
                     "augment": "crop_flip", "rule": "one_phase"},
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_the_same_seed_gives_the_same_bytes(tmp_path, case):
    one, other = (run("deep", out=tmp_path / name, **SHORT, **CASES[case]) for name in ("one", "other"))
    same_run(one.folder, other.folder)
    another = run("deep", seed=2, out=tmp_path / "another", **SHORT, **CASES[case])
    assert np.any(another.arrays["epoch/cost"] != one.arrays["epoch/cost"])


@pytest.mark.long
def test_killed_at_random_moments_and_resumed(tmp_path):
    """Between checkpoints, too: the moment is one of progress, not of a checkpoint."""
    longer = {"hidden": "20, 15", "epochs": 25, "batch": 5}
    run("deep", out=tmp_path / "whole", **longer)
    chance, file = random.Random(20210513), tmp_path / "out" / "unfinished" / "checkpoint"
    arguments = (
        "run",
        "deep",
        *(part for name, value in longer.items() for part in ("--set", f"{name}={value}")),
        "--out",
        "out",
    )
    for _ in range(2):
        before = file.stat().st_mtime_ns if file.exists() else 0
        countdown = [chance.randint(1, 40)]

        def ready(before=before, countdown=countdown):
            if not file.exists() or file.stat().st_mtime_ns == before:
                return False
            countdown[0] -= 1  # some more looks, five milliseconds apart
            return countdown[0] < 0

        stop_when(ready, *arguments, cwd=tmp_path)
        arguments = ("resume", "out")
    resume(tmp_path / "out")
    same_run(tmp_path / "whole", tmp_path / "out")


@pytest.mark.long
def test_checkpoints_change_nothing(tmp_path):
    one, other = (run("deep", out=tmp_path / f"{k}", checkpoint=k, **SHORT) for k in (0, 1))
    same_run(one.folder, other.folder)


@pytest.mark.long
def test_all_rules_begin_alike_and_see_the_same(tmp_path):
    """The same first weights for all; symmetric bursts with hardly any curvature then learn what backprop learns."""
    runs = {
        name: run("deep", out=tmp_path / name, **SHORT, **changes)
        for name, changes in {
            "backprop": {"rule": "backprop"},
            "bursts": {"feedback": "symmetric", "beta": 0.01, "recurrent": "off"},
            "one_phase": {"rule": "one_phase", "feedback": "symmetric", "beta": 0.01},
            "random": {"feedback": "random"},
        }.items()
    }
    cost = {name: each.arrays["epoch/cost"] for name, each in runs.items()}
    assert len({float(each[0]) for each in cost.values()}) == 1
    for name in ("bursts", "one_phase"):
        np.testing.assert_allclose(cost[name], cost["backprop"], rtol=1e-3)
        assert runs[name].summary["angle_update_deg"][0] < 0.5
    assert abs(cost["random"][-1] - cost["backprop"][-1]) > 0.01 * cost["backprop"][-1]


@pytest.mark.long
def test_what_is_set_apart_is_all_that_is_looked_at(tmp_path):
    """Other images for testing change nothing in a run on a validation part."""
    (train, test) = made_up(n_train=60, shape=(6, 6))
    costs = []
    for name, part in (("one", test), ("other", (255 - test[0], test[1]))):
        file = npz(tmp_path / f"{name}.npz", (train, part))
        result = run("deep", out=tmp_path / name, data=str(file), validation=20, **(SHORT | {"batch": 5}))
        costs.append(result.arrays)
        assert result.summary["part"] == "validation"
    for name in ("epoch/error", "epoch/cost"):
        np.testing.assert_array_equal(costs[0][name], costs[1][name])


@pytest.mark.long
def test_a_sweep_over_rules(tmp_path):
    done = command(
        "sweep", "deep", *OPTIONS, "--vary", "rule=[backprop,burst]", "--jobs", 2, "--out", "swept", cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    rows = [line.split(",") for line in (tmp_path / "swept" / "table.csv").read_text().splitlines()]
    assert [row[:3] for row in rows[1:]] == [["0", "done", "backprop"], ["1", "done", "burst"]]
    alone = run("deep", rule="burst", out=tmp_path / "alone", **SHORT)
    assert float(rows[2][rows[0].index("error_percent")]) == alone.summary["error_percent"]


def test_other_images_are_another_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = idx_folder(tmp_path / "images", made_up(n_train=60, shape=(6, 6)))
    known = plan("deep", changes={"data": "images", **SHORT}).describe()
    idx_folder(folder, made_up(n_train=60, shape=(6, 6), seed=2))
    os.utime(folder / "train-images-idx3-ubyte", (1, 1))
    other = plan("deep", changes={"data": "images", **SHORT}).describe()
    assert identity.differences(known, other) == ["another set of data"]
    assert known["data"] | {"sha256": ""} == {"sha256": "", "shape": [6, 6], "classes": 10, "train": 60, "test": 10}


# ---- what is refused, and what diverges ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--set", "batch=2000"), "batch = 2000: more than the 1437 training images there are"),
        (("--set", "validation=1430"), "more than the 1437 training images less validation = 1430 there are"),
        (("--set", "network=convolutional"), "the layer below convolution 2 has only 2 x 2 units"),
        (("--set", "kernels=3,3"), "one value of each is needed for each convolution"),
        (("--set", "data=nowhere"), "data = nowhere: there is no such folder or .npz file; allowed: digits"),
        (("--preset", "mnist"), "data = mnist: there is no such folder"),
        (("--set", "device=gpu"), "device = gpu: JAX has none on this machine"),
        (("--backend", "numpy"), "deep is no Brian2 network and has none"),
        (("--float", "64"), "deep is computed with 32 bits"),
        (("--record", "cells:0"), "deep has no cells with a voltage"),
    ],
)
def test_refused_in_one_line(here, tmp_path, options, said):
    assert said in refused(here("run", "deep", *options, "--out", "out"))
    assert left_in(tmp_path) == []


@pytest.mark.long
def test_a_learning_rate_that_is_too_large(tmp_path):
    for name, changes in (("relu", {"units": "relu", "eta": 1e5}), ("logistic", {"eta": 1e6, "rule": "backprop"})):
        result = run("deep", out=tmp_path / name, **(SHORT | changes))
        assert result.status == "diverged"
        assert result.summary["diverged"].startswith(("weights of hidden layer", "weights of output"))
        assert left_in(tmp_path / name) == ["config.json", "summary.json"]


def test_without_jax_one_line_says_what_to_install(tmp_path):
    """A folder before all others on the path, in which there is a jax that cannot be imported."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "jax.py").write_text("raise ImportError('no jax')")
    environment = {"PYTHONPATH": str(tmp_path / "hidden")}
    line = refused(command("run", "deep", "--out", "out", cwd=tmp_path, **environment))
    assert line == "burstlab: deep needs JAX, which is not installed: pip install 'burstlab[deep]'"
    assert left_in(tmp_path) == ["hidden"]
    for arguments in (("list",), ("params", "deep")):
        done = command(*arguments, cwd=tmp_path, **environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert "deep" in done.stdout or "Kolen" in done.stdout


@pytest.mark.long
def test_progress_is_in_epochs(tmp_path):
    moments = []
    run("deep", out=tmp_path / "out", progress=lambda done, total: moments.append((done, total)), **SHORT)
    assert moments[0] == (0, 3)
    assert moments[-1] == (3, 3)
    assert all(later >= earlier for (earlier, _), (later, _) in itertools.pairwise(moments))


@pytest.mark.long
def test_the_published_network_takes_batches_of_images_in_colour(tmp_path):
    """Made-up images: a few batches of the preset."""
    file = npz(tmp_path / "colour.npz", made_up(n_train=40, shape=(32, 32, 3)))
    result = run("deep", "cifar10", data=str(file), batch=20, epochs=1, out=tmp_path / "out")
    assert result.status == "done"
    assert len(result.summary["angle_signal_deg"]) == 5
    assert result.arrays["epoch/angle_feedback"].shape == (2, 4)
    assert np.all(np.isfinite(result.arrays["epoch/cost"]))
    assert load(result.folder).config["parameters"]["filters"] == [64, 128, 256]


FASHION = Path("/usr/share/datasets/fashion-mnist")


@pytest.mark.slow
@pytest.mark.skipif(not FASHION.is_dir(), reason="apt-get install dataset-fashion-mnist")
@pytest.mark.parametrize("rule", ["backprop", "burst", "one_phase"])
def test_fashion_mnist(tmp_path, rule):
    """Below 16 % after two epochs of all images, with learned feedback as with backpropagation."""
    assert run("deep", "fashion", rule=rule, epochs=2, out=tmp_path / "out").summary["error_percent"] < 16
