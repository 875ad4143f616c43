"""Given synapses: every backend makes those of the lists, one by one, with their weights, in float32 too."""

from __future__ import annotations

import numpy as np
import pytest

from burstlab.models.given_synapses import GivenSynapses

# Three kinds share a group of cells, and one leads to more cells than a float32 can count.
SCRIPT = """
import sys
import tempfile
import numpy as np
from brian2 import Network, NeuronGroup, Synapses, get_device, ms, prefs, set_device
from burstlab.experiments.engine import device
from burstlab.experiments.engine.in_process import set_precision
from burstlab.models.given_synapses import GivenSynapses

backend, lists, out = sys.argv[1:]
set_precision(32)
prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O0"]
if backend == "cpp":
    set_device(device.DEVICE_NAME, build_on_run=False)
else:
    prefs.codegen.target = backend
groups = {
    name: NeuronGroup(n, "v : 1", name=name) for name, n in (("cells", 40), ("others", 40), ("many", 2**24 + 40))
}
made, functions = {}, {}
with np.load(lists) as given:
    for name in ("within", "across", "back"):
        source, target = (groups[text] for text in given[f"{name}/ends"])
        weighted = f"{name}/w" in given
        kind = GivenSynapses(name=name, n_sources=len(source), most=1000, weighted=weighted)
        w = "w : 1" if weighted else "w : 1 (shared)"
        made[name] = kind, Synapses(source, target, w, name=name)
        functions |= kind.functions()
        arrays = {what: given[f"{name}/{what}"] for what in ("source", "target", "w") if f"{name}/{what}" in given}
        for place, values in kind.values(**arrays).items():
            functions[place.removesuffix(".values")].values[...] = values
for kind, synapses in made.values():
    kind.connect(synapses, functions)
    kind.weigh(synapses, functions)
network = Network(*groups.values(), *(synapses for _, synapses in made.values()))
network.run(0.1*ms, namespace=functions)
with tempfile.TemporaryDirectory() as folder:
    if backend == "cpp":
        get_device().build(directory=folder, with_output=False)
    found = {}
    for name, (kind, synapses) in made.items():
        found |= {f"{name}/source": synapses.i[:], f"{name}/target": synapses.j[:]}
        found |= {f"{name}/w": synapses.w[:]} if kind.weighted else {}
    np.savez(out, **found)
"""


@pytest.mark.parametrize(
    "backend", ["numpy", pytest.param("cpp", marks=pytest.mark.long), pytest.param("cython", marks=pytest.mark.long)]
)
def test_synapses_and_weights_are_those_of_the_lists(backend, python, tmp_path, rng):
    cells, last = np.arange(40), 2**24 + np.arange(40)
    ends = {"within": ("cells", "cells"), "across": ("cells", "many"), "back": ("others", "cells")}
    given = {}
    for name, sources, targets in (("within", cells, cells), ("across", cells, last), ("back", cells, cells)):
        source, target = np.nonzero(rng.random((40, 40)) < 0.3)
        some = (source > 3) & (source < 30) & (source != 17)  # cells without synapses before, between and behind
        given |= {f"{name}/source": sources[source[some]], f"{name}/target": targets[target[some]]}
        given |= {f"{name}/w": rng.random(some.sum()).astype(np.float32)} if name != "back" else {}
    np.savez(tmp_path / "given.npz", **given, **{f"{name}/ends": both for name, both in ends.items()})
    python(SCRIPT, backend, tmp_path / "given.npz", tmp_path / "found.npz", cwd=tmp_path)
    with np.load(tmp_path / "found.npz") as found:
        assert set(found) == set(given)
        for name, wanted in given.items():
            assert len(wanted) > 200
            np.testing.assert_array_equal(found[name], wanted, name)


def test_lists_are_as_long_as_the_most_that_is_given():
    kind = GivenSynapses(name="up", n_sources=4, most=6, weighted=True)
    lists = kind.values(np.array([1, 1, 3]), np.array([0, 2, 1]), np.array([0.5, 0.25, 1]))
    assert {name: values.tolist() for name, values in lists.items()} == {
        "given_up_begin.values": [0, 0, 2, 2, 3],
        "given_up_target.values": [0, 2, 1, 0, 0, 0],
        "given_up_w.values": [0.5, 0.25, 1, 0, 0, 0],
    }
    assert {f"{name}.values": each.values.size for name, each in kind.functions().items()} == {
        name: len(values) for name, values in lists.items()
    }
