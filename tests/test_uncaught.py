"""A script that ends with an error: ours is the last line, with no word of Brian2 and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .patience import PATIENCE

BANNER = "Brian 2 encountered an unexpected error"


@pytest.fixture
def ended(tmp_path):
    """ended(script): what a script that fails writes to stderr, and what it leaves among the temporary files."""

    def ended_(script):
        (tmp_path / "script.py").write_text(script)
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        done = subprocess.run(
            [sys.executable, "script.py"], cwd=tmp_path, env=os.environ | {"TMPDIR": str(temporary)},
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode not in (0, None)
        return done.stderr, sorted("_".join(path.name.split("_")[:2]) for path in temporary.iterdir())

    return ended_


@pytest.mark.parametrize(
    ("script", "last"),
    [
        (
            'import burstlab\nburstlab.run("xor", tau_x=1)',
            "ParameterError: unknown parameter 'tau_x', did you mean tau_exc?",
        ),
        (
            "from brian2 import mV\nfrom burstlab.models import Pyramidal\nPyramidal(tau_d=9*mV)",
            "ParameterError: tau_d",  # of a script that imports Brian2 first
        ),
    ],
)
def test_an_error_of_ours_is_the_last_line(ended, script, last):
    said, left = ended(script)
    assert BANNER not in said
    assert last in said.splitlines()[-1]
    assert not left


def test_other_errors_are_shown_as_brian2_does(ended):
    said, left = ended("import burstlab.models\n1 / 0")
    assert BANNER in said
    assert said.splitlines()[-1].startswith("ZeroDivisionError")
    assert left == ["brian_debug", "brian_script"]


def test_another_hook_stays_in_place(ended):
    script = """
import sys
sys.excepthook = own = lambda *error: print("my own hook", file=sys.stderr)
import brian2
sys.excepthook = own
import burstlab
burstlab.run("xor", tau_x=1)
"""
    said, left = ended(script)
    assert said == "my own hook\n"
    assert not left
