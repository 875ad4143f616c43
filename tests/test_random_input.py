"""Random configurations and command lines: no traceback, no code executed, and what is accepted can be repeated."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies
from hypothesis.strategies import composite

from burstlab.experiments.catalogue import EXPERIMENTS, configure
from burstlab.experiments.cli import main as cli
from burstlab.experiments.contract.settings import settings as written
from burstlab.experiments.runs import resuming, runner, seeds, sweep_plan, sweeping
from burstlab.experiments.runs.fitting import plan as plan_fit
from burstlab.experiments.runs.folders import write_json
from burstlab.experiments.runs.plans import planned_in
from burstlab.experiments.runs.sensitivity import plan as plan_sensitivity
from burstlab.models.parameters import ParameterError, walk

CODE = (
    "__import__('os').mkdir('hacked')",
    "9*ms if open('hacked', 'w') else 1",
    "{{7*7}}",
    "$(touch hacked)",
    "`touch hacked`",
    "9 ms; touch hacked",
    "%s%n{0.__class__}",
    "../../../etc/passwd",
    "\\x00",
    "9 ms\n10 ms",
)
UNITS = ("", "ms", "s", "mV", "pA", "nA*Hz", "Hz", "pF", "1/s", "parsec", "m*s", "ms**2")
# What SciPy reads and imports for a first sample comes before anything that is executed is looked for.
plan_sensitivity("current_steps", of="x", over="tau_d", samples=16)
plan_sensitivity("current_steps", of="x", over="tau_d", method="morris")
plan_fit("current_steps", target="x=1", over="tau_d")

VERBS = ("run", "run", "sweep", "sweep", "sensitivity", "fit", "params", "list", "figure", "resume")
COUNT = 100
SLOW_COUNT = 10_000

# ---- what is tried ---------------------------------------------------------------------------------------------------

words = strategies.text(strategies.characters(exclude_characters="\0"), max_size=12)
numbers = strategies.one_of(
    strategies.integers(-10, 10**20).map(str),
    strategies.floats().map(repr),
    strategies.floats(1e-6, 1e6).map("{:.3g}".format),
)


@composite
def texts(draw, known):
    """A text for a parameter: often one that is allowed, else anything."""
    kind = draw(strategies.integers(0, 9))
    if kind == 0:
        return draw(strategies.one_of(words, strategies.sampled_from(CODE)))
    if kind == 1:
        return draw(numbers) + draw(strategies.sampled_from((" ", "*", ""))) + draw(strategies.sampled_from(UNITS))
    if known.kind == "choice":
        return draw(strategies.sampled_from(known.choices))
    count = known.length or (draw(strategies.integers(1, 3)) if known.several else 1)
    return ",".join(_allowed(draw, known) for _ in range(count))


def _allowed(draw, known):
    if known.kind == "integer":
        return str(draw(strategies.integers(int(known.low), int(known.high))))
    number = draw(strategies.floats(known.low, known.high))
    shown = draw(strategies.sampled_from((repr(number), f"{number:.4g}")))
    return shown if known.unit is None else f"{shown} {known.unit}"


@composite
def changes(draw, experiment, preset):
    """{name: text} for a few parameters of an experiment, sometimes with a name that there is not."""
    known = {name: parameter for name, parameter, _ in walk(experiment.presets[preset])}
    names = draw(strategies.lists(strategies.sampled_from(sorted(known)), max_size=3, unique=True))
    found = {name: draw(texts(known[name])) for name in names}
    if draw(strategies.integers(0, 9)) == 0:
        found[draw(words)] = draw(words)
    return found


@composite
def configurations(draw):
    experiment = EXPERIMENTS[draw(strategies.sampled_from(sorted(EXPERIMENTS)))]
    preset = draw(strategies.sampled_from(sorted(experiment.presets)))
    return experiment, preset, draw(changes(experiment, preset))


@composite
def command_lines(draw):
    experiment, preset, changed = draw(configurations())
    verb = draw(
        strategies.sampled_from(
            ("run", "run", "sweep", "sweep", "sensitivity", "fit", "params", "list", "figure", "resume")
        )
    )
    if verb == "list":
        return [verb]
    if verb in ("figure", "resume"):
        return [verb, draw(words)]
    line = [verb, experiment.name, "--preset", preset]
    if verb == "params":
        return line
    line += [part for name, text in changed.items() for part in ("--set", f"{name}={text}")]
    if verb == "sweep":
        known = {name: parameter for name, parameter, _ in walk(experiment.presets[preset]) if name not in changed}
        for name in draw(strategies.lists(strategies.sampled_from(sorted(known)), min_size=1, max_size=2, unique=True)):
            line += ["--vary", f"{name}={draw(ranges(known[name]))}"]
    if verb in ("sensitivity", "fit"):
        known = {name: parameter for name, parameter, _ in walk(experiment.presets[preset])}
        for name in draw(strategies.lists(strategies.sampled_from(sorted(known)), min_size=1, max_size=2, unique=True)):
            ends = draw(
                strategies.one_of(words, strategies.tuples(texts(known[name]), texts(known[name])).map(":".join))
            )
            line += ["--over", draw(strategies.sampled_from((name, f"{name}={ends}", f"{name}={ends}", ends)))]
        key = draw(strategies.one_of(strategies.just("burst_count[0]"), words))
        line += ["--of", key] if verb == "sensitivity" else ["--target", f"{key}={draw(numbers)}"]
    options = {
        "--seed": strategies.one_of(strategies.integers(0, 99).map(str), numbers),
        "--seeds": strategies.one_of(strategies.integers(1, 3).map(str), words),
        "--jobs": strategies.one_of(strategies.just("2"), numbers),
        "--out": strategies.one_of(strategies.just("out"), words),
        "--backend": strategies.sampled_from(("cpp", "numpy", "fortran")),
        "--float": strategies.sampled_from(("32", "64", "16")),
        "--checkpoint": strategies.sampled_from(("0", "40", "-1", "x")),
        "--samples": strategies.one_of(strategies.just("16"), numbers),
        "--method": strategies.one_of(strategies.sampled_from(("morris", "local")), words),
        "--within": strategies.one_of(strategies.just("5%"), numbers),
        "--trials": strategies.one_of(strategies.just("80"), numbers),
        "--sed": words,
    }
    for name in draw(strategies.lists(strategies.sampled_from(sorted(options)), max_size=2, unique=True)):
        line += [name, draw(options[name])]
    if draw(strategies.integers(0, 9)) == 0:
        line.insert(
            draw(strategies.integers(0, len(line))), draw(strategies.one_of(words, strategies.sampled_from(CODE)))
        )
    return line


@composite
def ranges(draw, known):
    """The values of a --vary."""
    form = draw(strategies.integers(0, 5))
    if form == 0:
        return draw(strategies.one_of(words, strategies.sampled_from(CODE)))
    if form <= 2 or known.kind == "choice":
        return "[" + ",".join(draw(strategies.lists(texts(known), max_size=3))) + "]"
    ends = [_allowed(draw, known) for _ in range(2)]
    count = draw(strategies.one_of(strategies.integers(1, 4).map(str), numbers))
    return ":".join([*(["log"] if form == 3 else []), *ends, count])


# ---- what must hold --------------------------------------------------------------------------------------------------

_suspicious: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple) -> None:
    # Modules are compiled and executed when they are imported, from files; code from a text has no file.
    if _watching and (
        event in ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "os.mkdir")
        or (event == "compile" and str(arguments[1]).startswith("<"))
        or (event == "exec" and arguments[0].co_filename.startswith("<") and "frozen" not in arguments[0].co_filename)
    ):
        _suspicious.append(event)


sys.addaudithook(_watch)


@contextlib.contextmanager
def nothing_executed():
    global _watching
    _suspicious.clear()
    _watching = True
    try:
        yield
    finally:
        _watching = False
    assert _suspicious == []


class Accepted(Exception):  # noqa: N818
    """Raised in place of a run: everything about it was found to be right."""


def _accept(planned, *_, **__):
    raise Accepted(planned)


@pytest.fixture
def parser(tmp_path, monkeypatch):
    """The command line, up to the moment at which something would be run or written."""
    monkeypatch.chdir(tmp_path)
    for owner, name in ((runner, "execute"), (sweeping, "execute"), (seeds, "run_seeds")):
        monkeypatch.setattr(owner, name, _accept)
    monkeypatch.setattr(cli.terminal, "announce_compile", lambda planned: None)
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)

    def parser_(line):
        monkeypatch.setattr(sys, "argv", ["burstlab", *line])
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors), nothing_executed():
            try:
                cli.main()
            except SystemExit as ended:
                return ended.code, errors.getvalue(), None
            except Accepted as accepted:
                return 0, errors.getvalue(), accepted.args[0]
        raise AssertionError("the command did not end")

    yield parser_
    assert list(tmp_path.iterdir()) == []


def check_command(parser, line):
    code, errors, planned = parser(line)
    assert "Traceback" not in errors
    if code:
        lines = errors.splitlines()
        assert len(lines) == 1, errors
        assert lines[0].startswith("burstlab: ")
        return "refused"
    if planned is None:
        return "shown"
    plans = planned if isinstance(planned, list) else [planned]
    for item in plans:
        described = json.loads(json.dumps(item.describe(), allow_nan=False))
        if isinstance(item, sweep_plan.SweepPlan) and "vary" not in described:
            with tempfile.TemporaryDirectory() as place:
                write_json(Path(place), "config.json", described)
                again = resuming.read_plan(Path(place))
            assert again.total == item.total
            assert [again.order(run) for run in again.runs[:50]] == [item.order(run) for run in item.runs[:50]]
        elif isinstance(item, sweep_plan.SweepPlan):
            again = sweep_plan.plan(
                described["experiment"],
                described["preset"],
                vary=described["vary"],
                seed=described["seeds"][0],
                seeds=len(described["seeds"]),
                changes={
                    name: value for name, value in described["parameters"].items() if name not in described["vary"]
                },
            )
            assert len(again.runs) == len(item.runs)
            # A sweep may have 10 000 runs; a hundred of them, all through it, tell as much.
            some = slice(None, None, 1 + len(item.runs) // 100)
            assert [written(again.config(run)) for run in again.runs[some]] == [
                written(item.config(run)) for run in item.runs[some]
            ]
        else:
            again = planned_in("somewhere", described)
            assert again.config == item.config
        assert again.describe() == item.describe()
    return "accepted"


def check_configuration(experiment, preset, changed):
    try:
        with nothing_executed():
            config = configure(experiment, preset, changed)
    except ParameterError as error:
        return "refused" if len(str(error).splitlines()) == 1 else "refused in many lines"
    again = configure(experiment, preset, json.loads(json.dumps(written(config), allow_nan=False)))
    assert written(again) == written(config)
    for (name, _, value), (_, _, found) in zip(walk(config), walk(again), strict=True):
        assert str(type(value)) == str(type(found)), name
        assert value == found, name
    return "accepted"


def _try(strategy, check, count):
    seen = {"accepted": 0, "refused": 0, "shown": 0}

    @settings(max_examples=count)
    @given(strategy)
    def every(case):
        seen[check(case)] += 1

    every()
    print(seen)
    # As many of each kind as make the test worth something.
    assert seen["accepted"] > count / 50
    assert seen["refused"] > count / 10


COUNTS = pytest.mark.parametrize("count", [COUNT, pytest.param(SLOW_COUNT, marks=pytest.mark.slow)])


@COUNTS
def test_random_configurations(count):
    _try(configurations(), lambda case: check_configuration(*case), count)


@COUNTS
def test_random_command_lines(parser, count):
    _try(command_lines(), lambda line: check_command(parser, line), count)


@pytest.mark.parametrize(
    "line",
    [
        ["run", "current_steps", "--set", "tau_d=9 ms\n10 ms"],
        ["run", "\udcff"],
        ["sweep", "current_steps", "--vary", "tau_d=\udcff"],
        ["figure", "\udcff"],
        ["resume", "x" * 300],
        ["figure", "x" * 300],
        ["run", "current_steps", "--seed", "9" * 5000],
        ["run", "current_steps", "--seeds", "9" * 30],
        ["sweep", "current_steps", "--vary", "tau_d=5 ms:9 ms:3", "--seeds", "9" * 30],
    ],
    ids=range(9),
)
def test_special_command_lines(parser, line):
    assert check_command(parser, line) == "refused"
