"""What `import burstlab` offers, and what its short commands load: nothing heavy."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import burstlab
from burstlab.experiments.catalogue import EXPERIMENTS, LISTED
from burstlab.experiments.cli import terminal

from .experiment_runs import BURSTLAB, command, left_in, refused
from .patience import long

HEAVY = {
    "brian2",
    "sympy",
    "matplotlib",
    "scipy",
    "pandas",
    "numpy",
    "h5py",
    "joblib",
    "jinja2",
    "distributed",
    "panel",
}


def loaded_by(code, folder):
    """What a fresh interpreter has loaded of HEAVY when it has run some code."""
    script = f"import contextlib, json, sys\n{code}\nprint(json.dumps(sorted(set(sys.modules) & {HEAVY})))"
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_importing_it_loads_nothing_heavy(tmp_path):
    assert loaded_by("import burstlab, burstlab.experiments; dir(burstlab); burstlab.__version__", tmp_path) == []
    # What is asserted above can fail.
    assert "brian2" in loaded_by("import burstlab; burstlab.run", tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("--version",),
        ("list",),
        ("run", "--help"),
        ("nonsense",),
        ("run", "xro"),
        ("params", "xro"),
        ("sweep", "xro", "--vary", "tau_d=5 ms:9 ms:2"),
        ("run", "xor", "--nonsense"),
    ],
)
def test_short_commands_load_nothing_heavy(tmp_path, words):
    code = (
        "from burstlab.experiments.cli import main as cli\n"
        f"sys.argv = {['burstlab', *words]}\n"
        "with contextlib.suppress(SystemExit):\n    cli.main()"
    )
    assert loaded_by(code, tmp_path) == []


def test_everything_that_is_offered_is_there():
    assert set(burstlab.__all__) - {"__version__"} <= set(dir(burstlab))
    assert not {"Any", "offered", "annotations"} & set(dir(burstlab))
    for name in burstlab.__all__:
        assert getattr(burstlab, name) is not None
    assert callable(burstlab.run)
    assert callable(burstlab.sweep)
    with pytest.raises(AttributeError, match="'burstlab' has no attribute 'nonsense'"):
        _ = burstlab.nonsense


def test_experiments_offer_functions_and_not_modules_of_their_names():
    package = importlib.import_module("burstlab.experiments")
    for name in package.__all__:
        assert callable(getattr(package, name)), name
    assert set(package.__all__) <= set(dir(package))


@pytest.mark.parametrize("name", LISTED)
def test_the_list_says_what_the_experiments_say(name):
    experiment, listed = EXPERIMENTS[name], LISTED[name]
    assert (experiment.name, experiment.meaning) == (name, listed.meaning)
    assert list(experiment.presets) == list(listed.presets)
    for preset, (simulated, expected) in listed.presets.items():
        if isinstance(simulated, str):
            assert terminal.extent(experiment, experiment.presets[preset]) == simulated
        else:
            assert float(experiment.presets[preset].duration) == pytest.approx(simulated, rel=1e-12)
        assert experiment.expected_s.get(preset) == expected


def test_no_home_folder_and_a_matplotlib_backend_that_there_is_not_matter_to_no_command(tmp_path):
    nowhere = {"HOME": "/nonexistent", "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "MPLBACKEND": "garbage"}
    done = command("params", "two_sites", cwd=tmp_path, **nowhere)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_experiment_is_one_line(tmp_path):
    done = subprocess.run([BURSTLAB, "run", "xro"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "did you mean xor?" in refused(done)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    "code",
    [
        "import burstlab; os.chdir('downloads'); burstlab.run",
        long("import burstlab.experiments; os.chdir('downloads'); burstlab.experiments.sweep"),
        long("import burstlab; os.chdir('downloads'); import burstlab.models"),
        long("import burstlab.experiments; os.chdir('downloads'); from burstlab.experiments import current_steps"),
        long("os.chdir('downloads'); import burstlab.experiments.runs.runner"),
        "from burstlab.experiments.catalogue import find; os.chdir('downloads'); find('../mine.py')",
    ],
)
def test_no_way_in_runs_preferences_of_the_current_folder(tmp_path, code):
    (tmp_path / "downloads").mkdir()
    written = tmp_path / "hacked"
    evaluated = f"__import__('pathlib').Path({str(written)!r}).touch()"
    (tmp_path / "downloads" / "brian_preferences").write_text(f"core.default_integer_dtype = {evaluated}\n")
    (tmp_path / "mine.py").write_text("from brian2 import ms\n")
    script = f"import contextlib, os\nwith contextlib.suppress(ValueError):\n    {code}\nimport brian2"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    assert not written.exists()


@pytest.mark.parametrize("package", ["burstlab", "burstlab.experiments"])
def test_type_checkers_read_of_the_same_names(package):
    module = importlib.import_module(package)
    stub = Path(__file__).parent.parent / package.removeprefix("burstlab").lstrip(".") / "__init__.pyi"
    named = {
        alias.asname or alias.name
        for node in ast.parse(stub.read_text()).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert named == set(module.__all__) - {"__version__"}
