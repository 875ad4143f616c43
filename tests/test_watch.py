"""What is said of a run that another process makes is what the run says in the end, and its folder is left alone."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import struct
import threading
import urllib.error
import urllib.request
from types import SimpleNamespace

import numpy as np
import pytest

from burstlab.experiments import RunError, fit, load, resume, run, sweep
from burstlab.experiments.catalogue import find
from burstlab.experiments.cli import watch, watch_page, watch_text
from burstlab.experiments.engine.cache import compiled
from burstlab.experiments.engine.in_process import simulate_here
from burstlab.experiments.engine.process import Checkpoint, look, run_program
from burstlab.experiments.learning.so_far import KNOWN
from burstlab.experiments.runs.plans import plan
from burstlab.experiments.runs.seeds import run_seeds
from burstlab.experiments.runs.watching import Watched
from burstlab.models.parameters import with_changes

from .experiment_runs import SHORT_LEARN, SHORT_XOR, WALK, cache, here, here_compiled, refused, short_xor
from .patience import PATIENCE, long
from .stopping import start

__all__ = ["cache", "here", "here_compiled"]
# The end, or the test at the end, decides about these.
OF_THE_END = {"solved", "accuracy_after", "margin_Hz", "right_outputs", "test_cost", "event_rate_after_Hz"}


def stopped(experiment, out, ready=lambda done: True, **more):
    """A run that is stopped as soon as it has a checkpoint, and `ready(done)`."""

    def progress(done, total):
        if ready(done) and (out / "unfinished" / "checkpoint").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(experiment, out=out, progress=progress, **more)
    return out


@contextlib.contextmanager
def held(experiment, out, at, **more):
    """A run that is under way, and whose progress nobody takes from a moment on until the event is set."""
    go_on, there = threading.Event(), threading.Event()

    def progress(done, total):
        if done > at:
            there.set()
            go_on.wait(PATIENCE)

    made = threading.Thread(target=lambda: run(experiment, out=out, progress=progress, **more))
    made.start()
    try:
        assert there.wait(PATIENCE)
        yield go_on
    finally:
        go_on.set()
        made.join()


@pytest.fixture(scope="module")
def half_way(cache, tmp_path_factory):
    """A short XOR run whose checkpoint is at 4.4 s: a test, an epoch and two examples are over."""
    short_xor()
    return stopped("xor", tmp_path_factory.mktemp("half") / "out", checkpoint=11, **SHORT_XOR)


@contextlib.contextmanager
def worked_on(folder):
    """As if this process made the run in a folder."""
    with open(folder / "unfinished" / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def content(folder):
    """Everything in a folder: names, times, bytes."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }


# ---- the numbers -----------------------------------------------------------------------------------------------------

PHASES = {"learning": "two_phase", "prediction": "0.6"}


@pytest.mark.parametrize("changes", [long({}), {"order": "random"} | PHASES], ids=["one phase", "two phases"])
def test_numbers_so_far_are_those_of_the_whole_run(changes):
    """Cut at many moments: 4 examples of a test and 4 of each epoch, 0.2 s each, from 1 s on."""
    experiment = find("learn")
    config = with_changes(experiment.presets["quick"], SHORT_LEARN | {"epochs": "3"} | changes)
    raw = simulate_here(experiment, config, 3, "numpy", 32).raw
    whole = experiment.analyse(config, raw, 3)
    width = config.bin_steps * float(config.dt)
    seen = set()
    for time_ in (0.5, 1.81, 2.59, 2.6, 2.7, 3.39, 3.4, 3.9, 4.2, 4.21, 4.9):
        rows = int(time_ / width + 1e-9) + 1  # the first is at time 0
        cut = {name: values[:rows] if len(values) == len(raw["events"]) else values for name, values in raw.items()}
        cut["incoming"] = raw["incoming"][: int(time_ / 0.8 + 1e-9) + 1]
        found = experiment.so_far(experiment.analyse, config, cut, 3)
        epochs = sum(time_ > end - 1e-9 for end in (2.6, 3.4, 4.2))
        seen.add(epochs)
        examples = max(0, int((time_ - 1) / 0.2 + 1e-9))
        if not examples:
            assert found is None
            continue
        _same_examples(found.summary, whole, config, examples)
        if not epochs:
            assert not found.arrays
            continue
        assert (found.summary["epochs_done"], found.summary["epochs"]) == (epochs, 3)
        for name in ("epoch_cost", "epoch_accuracy"):
            assert found.summary[name] == whole.summary[name][:epochs]
        assert found.summary["final_epoch_cost"] == pytest.approx(np.mean(whole.summary["epoch_cost"][:epochs]))
        assert not OF_THE_END & set(found.summary)
        _same_begin(found.arrays, whole.arrays, {"example": 4 + 4 * epochs, "epoch": epochs, "taught": 4 * epochs})
        rate = whole.arrays["example/event_rate"].values[:, : 4 + 4 * epochs]
        assert found.summary["event_rate_Hz"]["hidden"] == pytest.approx(rate[4:16, -4:].mean())
    assert seen == {0, 1, 2, 3}


def _same_examples(found, whole, config, examples):
    """XOR by hand: a rate above 6 Hz says 1. Parts are of 4 examples: a test, three epochs, a test."""
    rate = whole.arrays["example/event_rate"].values[-1, :examples]
    wanted = np.array([0, 1, 1, 0])[whole.arrays["example/shown"].values[:examples]]
    last = found["last_examples"]
    assert [each["event_rate_Hz"] for each in last] == rate[-4:, np.newaxis].tolist()
    assert [each["target"] for each in last] == wanted[-4:, np.newaxis].tolist()
    part, first = found["part_so_far"], 4 * ((examples - 1) // 4)
    names = ("test before learning", "epoch 1", "epoch 2", "epoch 3", "test after learning")
    assert (part["name"], part["examples_done"], part["examples"]) == (names[first // 4], examples - first, 4)
    assert part["accuracy"] == np.mean((rate > 6) == (wanted == 1), where=np.arange(examples) >= first)
    cost = whole.arrays["example/cost"].values[first:examples]
    assert part["cost_per_example"] == pytest.approx(cost.mean())


def _same_begin(found, whole, lengths):
    """Assert that arrays are the begin of others, of these lengths along their dimensions."""
    compared = 0
    for name, array in found.items():
        if name.startswith("weights/"):  # at the checkpoint and at the end
            continue
        for dim, length in lengths.items():
            if dim in array.dims:
                assert array.values.shape[array.dims.index(dim)] == length, name
        begin = whole[name].values[tuple(slice(length) for length in array.values.shape)]
        np.testing.assert_array_equal(array.values, begin, err_msg=name)
        compared += array.values.size
    assert compared > 1000


def test_a_program_only_looks_at_a_checkpoint(cache, tmp_path):
    """What it recorded until then is the begin of all that it records, and the file stays as it was."""
    experiment = find("xor")
    config = with_changes(experiment.presets["quick"], dict(SHORT_XOR))
    built, values = compiled(experiment, config, 32), experiment.values(config, 5)
    place = Checkpoint(file=tmp_path / "checkpoint", every=4.4, identity="test")
    whole = run_program(built, values, 5, tmp_path, None, place).raw
    before = content(tmp_path)
    found = look(built, values, 5, tmp_path, place)
    assert content(tmp_path) == before
    assert set(found) == set(whole)
    rows = round(4.4 / (config.bin_steps * float(config.dt)))
    for name in ("events", "bursts", "E_bar_sum"):
        assert len(found[name]) == rows < len(whole[name])
        assert found[name].tobytes() == whole[name][:rows].tobytes()
    assert found["plastic_target"].tobytes() == whole["plastic_target"].tobytes()
    assert (found["w"] != whole["w"]).any()


@pytest.mark.parametrize(("examples", "epochs"), [(11, 1), (16, 2)])
def test_a_run_that_is_stopped_and_goes_on(cache, tmp_path, examples, epochs):
    """4.4 s and 6.4 s of 6.9 s; the test and each epoch take 1.6 s, from 0.4 s on."""
    out, whole = stopped("xor", tmp_path / "out", checkpoint=examples, **SHORT_XOR), short_xor()
    before = content(out)
    watched = Watched(out)
    seen = watched.look()
    assert content(out) == before
    assert (seen.state, seen.kind, seen.missing) == ("unfinished", "run", "")
    assert seen.done == pytest.approx(0.4 * examples)
    assert seen.total == pytest.approx(whole.summary["simulated_s"])
    assert seen.left_s == pytest.approx(seen.run_s * (seen.total / seen.done - 1))
    assert seen.summary["epochs_done"] == epochs
    assert seen.summary["epoch_cost"] == whole.summary["epoch_cost"][:epochs]
    for name in ("event_rate_before_Hz", "burst_probability_before", "decision_threshold_Hz"):
        assert seen.summary[name] == whole.summary[name]
    assert not OF_THE_END & set(seen.summary)
    assert set(seen.summary) & set(KNOWN)
    lengths = {"example/event_rate": 4 + 4 * epochs, "epoch/cost": epochs, "weight_mean/value": 0}
    for name, length in lengths.items():
        found = seen.arrays[name]
        assert found.shape[-1] == length or not length
        np.testing.assert_array_equal(found, whole.arrays[name][tuple(map(slice, found.shape))])
    figure = watched.figure(seen)
    assert f"after {epochs} of 2 epochs, under way" in " ".join(text.get_text() for text in figure.texts)
    with worked_on(out):
        assert watched.look().state == "running"
    assert watched.look().state == "unfinished"
    assert resume(out).summary["epoch_cost"] == whole.summary["epoch_cost"]
    seen = watched.look()
    assert (seen.state, seen.summary["solved"]) == ("done", whole.summary["solved"])


def test_deep_networks_have_errors_over_epochs(tmp_path):
    pytest.importorskip("jax")
    short, out = {"hidden": "20, 15", "epochs": 4, "batch": 20, "rule": "backprop"}, tmp_path / "out"
    with held("deep", out, 2.5, **short):
        watched = Watched(out)
        seen = watched.look()
    whole = load(out)
    assert (seen.state, seen.done, seen.total, seen.counted) == ("running", 2, 4, "epochs")
    np.testing.assert_array_equal(seen.arrays["epoch/error"], whole.arrays["epoch/error"][:3])
    assert seen.summary["epoch_error_percent"] == pytest.approx(100 * whole.arrays["epoch/error"][1:3])
    assert seen.summary["angle_signal_deg"] == pytest.approx(whole.arrays["epoch/angle_signal"][2])
    assert watched.figure(seen).axes
    assert any("error" in line and "after 2 of 4" not in line for line in watch_text.lines(seen))


# ---- what is said ----------------------------------------------------------------------------------------------------


def test_once_says_how_an_unfinished_run_stands(half_way, here_compiled, tmp_path):
    done = here_compiled("watch", half_way, "--once", "--figure", tmp_path / "now.png")
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.splitlines()
    assert last == str(tmp_path / "now.png")
    assert (tmp_path / "now.png").read_bytes().startswith(b"\x89PNG")
    assert lines[0] == "xor quick seed 1: unfinished"
    cost = short_xor().summary["epoch_cost"][0]
    text = "\n".join(lines)
    for said in ("4.4 of 6.84 s simulated, ", "after 1 of 2 epochs:", f"{cost:.3g} to {cost:.3g}",
                 "epoch 2: 1 of 4 examples, ", "last examples, Hz: ", "event rates in the last epoch, Hz: ",
                 "mean weights: hidden1 ",
                 "no process of this computer works on it; if none of another does, "
                 f"go on with: burstlab resume {half_way}"):  # fmt: skip
        assert said in text, text


def test_it_ends_with_the_run_and_says_what_came_out(here_compiled, tmp_path, monkeypatch):
    short_xor()
    out, show = tmp_path / "out", watch._Appended.show
    with held("xor", out, 4.5, checkpoint=11, **SHORT_XOR) as go_on:

        def shown(*arguments):
            show(*arguments)
            go_on.set()

        monkeypatch.setattr(watch._Appended, "show", shown)
        done = here_compiled("watch", out)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "xor quick seed 1: running" in lines[0]
    assert f"cost {short_xor().summary['epoch_cost'][0]:.3g}" in lines[0]
    assert "xor quick: done" in lines
    assert lines[-1].split() == ["results", str(out)]
    assert sum("running" in line for line in lines) <= 2, "a line is said when there is something new"


def test_of_a_finished_run_the_headlines(here_compiled):
    done = here_compiled("watch", short_xor().folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "xor quick: done"
    assert "final_epoch_cost" in done.stdout


def test_in_a_terminal_lines_renew_in_their_place(half_way, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setenv("LINES", "24")
    seen, view = Watched(half_way).look(), watch._Renewed()
    view.show(seen)
    first = capsys.readouterr().out
    view.show(seen)
    second = capsys.readouterr().out
    assert 5 < len(first.splitlines()) < 24
    assert max(map(len, first.splitlines())) == 49
    assert second == f"\x1b[{len(first.splitlines())}A\x1b[J{first}"


def test_ctrl_c_ends_it_without_a_word(half_way, tmp_path):
    with worked_on(half_way):
        process = start("watch", half_way, cwd=tmp_path)
        try:
            assert "running" in process.stdout.readline()
            os.killpg(process.pid, signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert (process.returncode, errors) == (130, "")


def test_curves_in_letters():
    assert watch_text.curve([0.0, 1.0]) == "▁█"
    assert watch_text.curve([3.0]) == "▁"
    assert watch_text.curve([2.0, None, 1.0]) == "█ ▁"
    assert watch_text.curve([None]) == ""
    rising = watch_text.curve([float(k) for k in range(1000)])
    assert len(rising) == 40
    assert list(rising) == sorted(rising)
    assert set(rising) == set("▁▂▃▄▅▆▇█")


# ---- many runs -------------------------------------------------------------------------------------------------------


@pytest.fixture
def walk(tmp_path, monkeypatch):
    """The file of an experiment that computes something, in the current folder, with what it reads."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "walk.py").write_text(WALK)
    (tmp_path / "steps.txt").write_text("2.5")
    return find("walk.py")


def test_what_tells_no_numbers_says_so(walk, here, tmp_path):
    out = stopped("walk.py", tmp_path / "out", steps=30, checkpoint=10)
    done = here("watch", out, "--once", "--experiment", "walk.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "walk quick seed 1: unfinished"
    assert "no numbers so far: walk tells no numbers before its end" in done.stdout


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ({"epoch_cost": [3.0, 2.0]}, "after ? of ? epochs:"),
        ({"epochs_done": 2, "epochs": 3, "epoch_cost": 2.0, "epoch_names": ["a"]}, None),
        ({"event_rate_Hz": 5.5}, "event rates in the last epoch, Hz: 5.5"),
        ({"event_rate_Hz": [5.5, None], "mean_weight": {"own": [1]}}, "mean weights: own [1]"),
        ({"part_so_far": {"accuracy": 1}, "last_examples": [{"pattern": "a"}, 3], "angle_signal_deg": 30.0}, None),
        ({"last_examples": 3, "part_so_far": "the first"}, None),
    ],
)
def test_numbers_of_an_experiment_of_one_s_own(walk, here, tmp_path, summary, said):
    """Its summary so far has what it likes, under names that have a meaning elsewhere."""
    tells = f"""
found = Analysis(arrays={{}}, summary={summary}, bounds={{}})
EXPERIMENT = __import__("dataclasses").replace(EXPERIMENT, so_far=lambda *_: found)
"""
    (tmp_path / "walk.py").write_text(WALK + tells)
    out = stopped("walk.py", tmp_path / "out", steps=30, checkpoint=10)
    done = here("watch", out, "--once", "--experiment", "walk.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert "walk quick seed 1: unfinished" in done.stdout
    assert "no numbers so far" not in done.stdout
    assert said is None or f"  {said}" in done.stdout.splitlines()
    assert watch_text.in_a_line(Watched(out).look()).startswith("walk quick seed 1: unfinished")


def test_a_figure_that_cannot_be_drawn_is_no_reason_to_end(walk, here, tmp_path, port, monkeypatch):
    """The page and the lines say so."""
    tells = """
def plot(results):
    raise ValueError("no colours left")

def so_far(analyse, config, raw, seed):
    return analyse(config, raw, seed)

EXPERIMENT = __import__("dataclasses").replace(EXPERIMENT, plot=plot, so_far=so_far)
"""
    (tmp_path / "walk.py").write_text(WALK + tells)
    out = stopped("walk.py", tmp_path / "out", steps=30, checkpoint=10)
    done = here("watch", out, "--once", "--experiment", "walk.py", "--figure", "now.png")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "walk quick seed 1: unfinished"
    assert "now.png was not drawn: " in done.stderr
    assert "no colours left" in done.stderr
    assert not (tmp_path / "now.png").exists()
    watched = Watched(out)
    monkeypatch.setattr(watch_page, "_RENEWAL", 0.1)  # s
    with watch_page.serving(watched, port, open_browser=False) as (_, show):
        for _ in range(2):
            show(watched.look(), "all that is known")
            state = json.loads(asked(port, "/state.json")[1])
            assert state["text"].startswith("all that is known\n  no figure: ")
            assert "no colours left" in state["text"]
            assert state["figure"] == 0


def test_seeds(walk, here, tmp_path):
    plans = [plan("walk.py", None, seed) for seed in (1, 2, 3)]

    def progress(planned):
        def told(done, total):
            if planned.seed == 2 and done > 12:
                raise KeyboardInterrupt

        return told

    with pytest.raises(KeyboardInterrupt):
        run_seeds(plans, tmp_path / "out", progress=progress)
    before = content(tmp_path / "out")
    done = here("watch", "out", "--once", "--experiment", "walk.py")
    assert content(tmp_path / "out") == before
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[:3] == ["walk quick 3 seeds: unfinished", "2 of 3 runs, 67 %", "seed 1: done"]
    assert lines[3].startswith("seed 2: unfinished")
    with worked_on(tmp_path / "out"), worked_on(tmp_path / "out" / "seed-2"):
        done = here("watch", "out", "--once", "--experiment", "walk.py")
    assert done.stdout.splitlines()[0] == "walk quick 3 seeds: running, 1 of them now"
    resume("out")
    done = here("watch", "out", "--once", "--experiment", "walk.py")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "walk quick: done")


def test_sweeps(walk, here, tmp_path):
    def progress(done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep("walk.py", vary={"drift": "0:1:5"}, out="out", progress=progress)
    before = content(tmp_path / "out")
    done = here("watch", "out", "--once", "--experiment", "walk.py")
    assert content(tmp_path / "out") == before
    assert done.returncode == 0, done.stderr
    assert [line.strip() for line in done.stdout.splitlines()][:2] == [
        "walk quick sweep: unfinished", "3 of 5 runs, 60 %",
    ]  # fmt: skip
    with worked_on(tmp_path / "out"):
        seen = Watched("out").look()
    # The pace of the records: some milliseconds each.
    assert (seen.state, seen.done, seen.total) == ("running", 3, 5)
    assert seen.left_s < 60
    resume("out")
    done = here("watch", "out", "--experiment", "walk.py")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "walk quick sweep: 5 of 5 runs done")


def test_fits(walk, here, tmp_path):
    pytest.importorskip("cmaes")

    def progress(done, total):
        if done == 20:  # of the second batch of 16
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit("walk.py", target="end=5+-1", over="drift=0:1", trials=80, out="out", progress=progress)
    done = here("watch", "out", "--once", "--experiment", "walk.py")
    assert done.returncode == 0, done.stderr
    assert [line.strip() for line in done.stdout.splitlines()][:2] == [
        "walk quick fit: unfinished", "20 of 80 runs, 25 %",
    ]  # fmt: skip


# ---- refusals --------------------------------------------------------------------------------------------------------


def test_what_is_no_run_is_refused_in_a_line(here, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "report").mkdir()
    about = {"format": 2, "experiments": {"xor": "quick"}, "versions": {}}
    (tmp_path / "report" / "config.json").write_text(json.dumps(about))
    for name, said in (
        ("nowhere", "nowhere is not there; a run without checkpoints has no folder until it is done"),
        ("empty", "empty is not a run directory: it has no config.json"),
        ("report", "report is not a run directory; a report holds one for each experiment"),
    ):
        assert refused(here("watch", name, "--once")) == f"burstlab: {said}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(here, tmp_path):
    (tmp_path / "out").mkdir(mode=0)
    assert refused(here("watch", "out", "--once")) == "burstlab: cannot read out: Permission denied"


def test_a_run_of_another_version_tells_how_far_it_is(half_way, tmp_path, monkeypatch, here_compiled):
    out = tmp_path / "out"
    (out / "unfinished").mkdir(parents=True)
    for name in ("config.json", "state.json", "checkpoint", "lock"):
        (out / "unfinished" / name).write_bytes((half_way / "unfinished" / name).read_bytes())
    about = json.loads((out / "unfinished" / "config.json").read_text())
    (out / "unfinished" / "config.json").write_text(json.dumps(about | {"sources": "0" * 64}))
    done = here_compiled("watch", out, "--once")
    assert done.returncode == 0, done.stderr
    assert "4.4 of 6.84 s simulated" in done.stdout
    assert "no numbers so far: " in done.stdout
    assert "another version of burstlab's source" in done.stdout
    assert "epochs" not in done.stdout


def test_without_its_program_a_run_tells_how_far_it_is(half_way, here):
    done = here("watch", half_way, "--once")
    assert done.returncode == 0, done.stderr
    assert "4.4 of 6.84 s simulated" in done.stdout
    assert "its checkpoint is read by its own program, which is not in the cache" in done.stdout


def test_a_damaged_checkpoint_gives_no_numbers(half_way, here_compiled, tmp_path):
    file = half_way / "unfinished" / "checkpoint"
    whole = file.read_bytes()
    try:
        file.write_bytes(whole[:-100])
        done = here_compiled("watch", half_way, "--once")
    finally:
        file.write_bytes(whole)
    assert done.returncode == 0, done.stderr
    assert f"no numbers so far: the checkpoint {file} is damaged" in done.stdout


def test_no_figure_is_written_where_it_should_not_be(half_way, here):
    theirs = half_way.parent / "theirs.png"
    theirs.write_bytes(b"a picture of somebody else's")
    for file, said in (
        (half_way / "now.png", "is in the folder that is watched"),
        (theirs, "is no figure of burstlab's; take another name with --figure"),
        (half_way.parent / "now.gif", "a name that ends with .png or .pdf is needed"),
    ):
        assert said in refused(here("watch", half_way, "--once", "--figure", file))
    assert theirs.read_bytes() == b"a picture of somebody else's"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--once", "--page"), "take one of them"),
        (("--port", "5009"), "--port is about the page; add --page"),
        (("--once", "--no-browser"), "--no-browser is about the page; add --page"),
    ],
)
def test_options_of_the_page_need_it(here, arguments, said):
    assert said in refused(here("watch", "out", *arguments))


# ---- the page --------------------------------------------------------------------------------------------------------


def asked(port, path, host=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host} if host else {})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return answer.headers["Content-Type"], answer.read()


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_page_with_the_figure_so_far(half_way, cache, port, monkeypatch):
    watched = Watched(half_way)
    seen = watched.look()
    monkeypatch.setattr(watch_page, "_RENEWAL", 0.3)  # s
    with watch_page.serving(watched, port, open_browser=False) as (address, show):
        assert address == f"http://127.0.0.1:{port}"
        with pytest.raises(urllib.error.HTTPError):
            asked(port, "/figure.png")
        show(seen, "after <1> of 2 & so on")
        kind, page = asked(port, "/")
        assert kind.startswith("text/html")
        assert b"after &lt;1&gt; of 2 &amp; so on" in page
        assert b"setInterval(renew, 300)" in page
        assert json.loads(asked(port, "/state.json")[1]) == {"text": "after <1> of 2 & so on", "figure": 1}
        kind, image = asked(port, "/figure.png?1")
        assert kind == "image/png"
        assert image.startswith(b"\x89PNG")
        show(seen, "nothing new")
        assert json.loads(asked(port, "/state.json")[1]) == {"text": "nothing new", "figure": 1}
        for path, host in (("/config.json", None), ("/state.json", "elsewhere.org")):
            with pytest.raises(urllib.error.HTTPError):
                asked(port, path, host)
        with pytest.raises(RunError, match=rf"port {port} of 127.0.0.1 is in use"):
            watch_page.serving(watched, port, open_browser=False).__enter__()


def test_a_page_shows_the_end_and_browsers_may_go_away(walk, here, tmp_path, port, monkeypatch, capfd):
    """It is served for a renewal more when all is over; a browser that ends a connection is no error."""
    out = stopped("walk.py", tmp_path / "out", steps=30, checkpoint=10)
    watched, served = Watched(out), []

    def sleep(seconds):
        served.append((seconds, json.loads(asked(port, "/state.json")[1])["text"]))

    monkeypatch.setattr(watch_page, "time", SimpleNamespace(sleep=sleep))
    with watch_page.serving(watched, port, open_browser=False) as (_, show):
        show(watched.look(), "the end")
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port)) as gone:
                gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # no farewell
                gone.sendall(b"GET /state.json HTTP/1.1\r\n")
        asked(port, "/")
    ((seconds, text),) = served
    assert seconds > watch_page._RENEWAL
    assert text == "the end"
    assert "Traceback" not in capfd.readouterr().err
