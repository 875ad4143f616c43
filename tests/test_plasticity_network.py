"""The rule in a network: its schedule, identities of a run, and what teaches and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from burstlab.analysis import plasticity_network as analysis
from burstlab.experiments import plasticity_network, run
from burstlab.experiments.contract.reference import compare
from burstlab.models import ParameterError
from burstlab.models.parameters import with_changes

from .experiment_runs import cache, run_once
from .patience import LONG

__all__ = ["cache"]
QUICK, PAPER = (plasticity_network.PRESETS[name] for name in ("quick", "paper"))
NAME = plasticity_network.EXPERIMENT.name


# ---- the presets and the schedule ------------------------------------------------------------------------------------


def test_paper_is_the_published_experiment():
    """Section 6.2 of the reference."""
    wanted = {"n": 1000, "inputs_per_cell": 200, "driving_force": "somatic", "homeostasis": "slow", "decay": "exact"}
    assert {name: getattr(PAPER, name) for name in wanted} == wanted
    numbers = {
        "eta": 3.5e-3, "w_initial": 0.08, "settling": 20, "segment": 25, "transient": 2.5, "dt": 1e-4, "delay": 8e-4,
        "I_d_post": 50e-12,
    }  # fmt: skip
    for name, value in numbers.items():
        assert float(getattr(PAPER, name)) == pytest.approx(value)
    assert [float(factor) for factor in PAPER.teacher.factors] == [1, 1.5, 1, 0.55, 1, 1]
    assert float(PAPER.I_d_pre[-1]) == pytest.approx(40e-12)
    assert (PAPER.pool.n, PAPER.pool.inputs_exc, PAPER.pool.inputs_inh, PAPER.teacher.n) == (25000, 100, 30, 100)
    assert float(PAPER.duration) == pytest.approx(20 + 6 * 25, abs=1)


def test_quick_is_smaller_and_shorter_and_the_same_otherwise():
    free = {"n", "settling", "segment", "transient", "eta", "rule", "slow"}
    assert {name for name in PAPER.__dataclass_fields__ if getattr(QUICK, name) != getattr(PAPER, name)} <= free
    # What a lasting change of P by dP does to a weight goes with eta tau_avg dP.
    assert float(QUICK.eta * QUICK.rule.tau_avg) == pytest.approx(float(PAPER.eta * PAPER.rule.tau_avg))


@pytest.mark.parametrize("config", [QUICK, PAPER], ids=["quick", "paper"])
def test_schedule_is_that_of_the_segments(config):
    given = plasticity_network.network.schedule(config)
    tick = float(config.tick)
    time = (np.arange(len(given["plasticity.values"])) + 0.5) * tick
    settling, length = float(config.settling), float(config.segment)
    plastic = (time > settling) & (time < settling + 6 * length)
    np.testing.assert_array_equal(given["plasticity.values"], plastic)
    assert time[-1] > float(config.duration)
    for k, factor in enumerate((1, 1.5, 1, 0.55, 1, 1)):
        inside = (time > settling + k * length) & (time < settling + (k + 1) * length)
        assert inside.sum() * tick == pytest.approx(length)
        np.testing.assert_allclose(given["teacher_weight.values"][inside], 0.25 * factor)
        np.testing.assert_allclose(given["dendritic_current.values"][inside, 0], 40e-12 * (k == 5), atol=1e-20)
    np.testing.assert_allclose(given["dendritic_current.values"][:, 1], 50e-12)
    np.testing.assert_allclose(given["teacher_weight.values"][~plastic], 0.25)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"inputs_per_cell": "1001"}, "inputs_per_cell = 1001"),
        ({"transient": "25 s"}, "transient = 25"),
        ({"segment": "25.3 s"}, "segment = 25.3"),
        ({"pool_n": "100", "pool_inputs_exc": "101"}, "pool_inputs_exc = 101"),
        ({"teacher_factors": "1, 2"}, "teacher_factors: 2 values given, 6 needed"),
        ({"decay": "none"}, "decay"),
    ],
)
def test_settings_are_checked(changes, said):
    with pytest.raises(ParameterError, match=said):
        with_changes(PAPER, changes)


def test_measures_of_made_up_rates():
    time = np.arange(0, 40, 0.5)
    begin = 4 + 6.0 * np.arange(6)
    segment = np.clip((time - 4) // 6, 0, 5).astype(int)
    late = (time - 4) % 6 >= 1  # what the transient leaves out must not count
    events = np.stack([np.full(80, 5.0), np.where(late, 4 + segment, 99.0)])
    bursts = np.stack([np.full(80, 1.0), np.where(late, 0.1 * (4 + segment), 0.0)])
    weight = 0.1 * (1 + 0.01 * np.clip((time - 4) / 6, 0, 6))
    arrays = {
        "bin/time": time, "bin/event_rate": events, "bin/burst_rate": bursts,
        "weight_mean/time": time, "weight_mean/value": weight, "segment/begin": begin, "segment/end": begin + 6,
    }  # fmt: skip
    arrays["weight_mean/value"] = np.append(weight, 0.106)
    found = analysis.measure(arrays, 1.0)
    np.testing.assert_allclose(found["post_event_rate_Hz"], 4 + np.arange(6))
    np.testing.assert_allclose(found["post_burst_probability"], 0.1)
    np.testing.assert_allclose(found["pre_burst_probability"], 0.2)
    np.testing.assert_allclose(found["mean_weight_end"], 0.1 * (1 + 0.01 * np.arange(1, 7)))
    np.testing.assert_allclose(found["weight_change"], 0.01 * np.arange(1, 7))
    assert found["mean_weight_start"] == pytest.approx(0.1)
    assert found["presynaptic_bursts_change"] == pytest.approx(1.06 / 1.05 - 1)


# ---- a run -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=LONG)
def quick(cache):
    return run_once(NAME)


def test_the_run_is_whole(quick):
    assert quick.status == "done"
    for population in ("pre", "post"):
        probability, rate = (quick.summary[f"{population}_{what}"] for what in ("burst_probability", "event_rate_Hz"))
        assert len(probability) == len(rate) == 6
        assert all(0 <= value <= 1 for value in probability)
        assert all(2 < value < 8 for value in rate)
    assert len(quick.summary["mean_weight_end"]) == 6


def test_weights_begin_to_move_with_plasticity(quick):
    time, weight = quick.arrays["weight_mean/time"], quick.arrays["weight_mean/value"]
    settling = time <= float(QUICK.settling)
    assert settling.sum() > 10
    # Weights do not move at all; float32 sums of equal numbers are equal.
    assert np.all(weight[settling] == weight[0])
    assert weight[0] == pytest.approx(float(QUICK.w_initial), rel=1e-5)
    assert np.all(np.diff(weight[~settling][:-1]) != 0)


def test_mean_weight_is_that_of_the_final_weights(quick):
    # Plasticity ends with the last segment, a bin before the run does: sums made on-line and the weights themselves.
    assert quick.arrays["weight_mean/value"][-1] == pytest.approx(quick.arrays["weights/w"].mean(), rel=1e-5)
    assert quick.summary["mean_weight_end"][-1] == pytest.approx(quick.arrays["weights/w"].mean(), rel=1e-5)


def test_connections_are_as_many_as_they_should_be(quick):
    source, target = quick.arrays["weights/source"], quick.arrays["weights/target"]
    n, p = QUICK.n, QUICK.inputs_per_cell / QUICK.n
    expected = n * QUICK.inputs_per_cell
    assert abs(len(source) - expected) < 5 * np.sqrt(expected * (1 - p))
    pairs = set(zip(source.tolist(), target.tolist(), strict=True))
    assert len(pairs) == len(source)
    assert len(set(source.tolist())) == len(set(target.tolist())) == n
    assert {int(source.max() - source.min()), int(target.max() - target.min())} == {n - 1}
    # Nothing within a population.
    assert not set(source.tolist()) & set(target.tolist())


def test_the_teacher_sets_the_burst_probability_and_weights_follow(quick):
    probability, weight = quick.summary["post_burst_probability"], quick.summary["weight_change"]
    strong, weak, plain = 1, 3, (0, 2, 4)
    assert probability[strong] > 1.4 * max(probability[k] for k in plain)
    assert probability[weak] < 0.6 * min(probability[k] for k in plain)
    assert weight[strong] == max(weight)
    assert weight[weak] == min(weight)
    assert weight[strong] > 0.02
    assert weight[weak] < -0.01
    # Event rates hardly tell of the teacher.
    rate = quick.summary["post_event_rate_Hz"]
    assert max(rate[:5]) < 1.35 * min(rate[:5])


def test_presynaptic_bursts_do_not_teach(quick):
    probability = quick.summary["pre_burst_probability"]
    assert probability[5] > 1.5 * max(probability[:5])
    assert abs(quick.summary["presynaptic_bursts_change"]) < 0.5 * quick.summary["weight_change"][1]


def test_without_a_learning_rate_weights_stay(quick, tmp_path):
    still = run(NAME, eta=0, out=tmp_path / "still")
    assert set(still.arrays["weights/w"]) == {np.float32(0.08)}
    # It is the weights that made the difference to the cells, not the teacher: the same seed, the same settling.
    before = quick.arrays["bin/time"] < float(QUICK.settling) - 0.1
    for kind in ("event", "burst"):
        mine, theirs = (result.arrays[f"bin/{kind}_rate"][:, before] for result in (still, quick))
        np.testing.assert_array_equal(mine, theirs)
        assert mine.sum() > 0


# ---- the published numbers -------------------------------------------------------------------------------------------


def test_references_are_the_published_numbers():
    assert len(plasticity_network.results.PAPER_REFERENCES) == 9
    for reference in plasticity_network.results.PAPER_REFERENCES:
        assert reference.low <= reference.value <= reference.high


@pytest.mark.slow
def test_paper_agrees_with_the_published_numbers(tmp_path):
    results = [run(NAME, "paper", seed=seed, out=tmp_path / str(seed)) for seed in range(1, 6)]
    numeric = ("post_burst_probability", "weight_change", "presynaptic_bursts_change")
    means = {name: np.mean([result.summary[name] for result in results], axis=0).tolist() for name in numeric}
    compared = compare(means, plasticity_network.results.PAPER_REFERENCES)
    assert len(compared) == 9
    assert [item.reference.name for item in compared if not item.agrees] == []
