"""Networks of tables: what tables refuse, where they put things, and that the builder makes few objects of them."""

from __future__ import annotations

import re
from dataclasses import replace

import brian2
import numpy as np
import pytest
from brian2 import Hz, Network, NeuronGroup, Synapses, ms, start_scope

from burstlab.experiments import xor
from burstlab.experiments.catalogue import EXPERIMENTS
from burstlab.experiments.contract.isolation import isolated
from burstlab.experiments.contract.settings import structure
from burstlab.experiments.engine.in_process import set_values
from burstlab.models import ParameterError, PoissonPool, projection
from burstlab.models.network import build
from burstlab.models.tables import Block, Drive, Kind, Population, Projection, Tables

N = 40
POPULATIONS = [
    Population(name="a", size=N, layer="input", values={"x": 2.0}),
    Population(name="b", size=N, layer="input"),
    Population(name="c", size=2 * N, layer="hidden", values={"x": 5 * ms, "y": 1}),
    Population(name="d", size=N, group="others"),
]


def up(source, target, weight=0.5, inputs=10.0, kind="up", **more):
    return Projection(kind=kind, source=source, target=target, inputs=inputs, weight=weight, **more)


def tables(*projections, background=()):
    return Tables(populations=POPULATIONS, projections=projections, background=background)


# ---- tables ----------------------------------------------------------------------------------------------------------


def test_populations_are_ranges_of_their_groups():
    table = tables()
    assert table.groups == {"cells": 4 * N, "others": N}
    assert [table.span([name]) for name in "abcd"] == [(0, N), (N, 2 * N), (2 * N, 4 * N), (0, N)]
    assert table.span(["b", "c"]) == table.span(["c", "b"]) == (N, 4 * N)
    assert table.layers == {"input": ("a", "b"), "hidden": ("c",)}
    assert table.names("input") == table.names(group="cells")[:2] == ("a", "b")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([up("a", "e")], "projection up from a to e: no population 'e' (there are a, b, c, d)"),
        ([up("a", "c"), up("a", "c")], "two projections up lead from a to c"),
        ([up("a", "a"), up("a", "c")], "projections up from a a, c: they do not follow each other"),
        ([up("a", "b"), up("a", "d")], "projections up have targets in several groups (cells, others)"),
        ([up("a", "b", inputs=5), up("a", "c", inputs=11)], "projections up from a are not equally dense"),
        ([up("a", "c", inputs=N + 1)], "inputs = 41; 0 to 40 are possible"),
        ([up("a", "c", inputs=-1)], "inputs = -1; 0 to 40"),
    ],
)
def test_tables_that_cannot_be_built_are_refused_where_they_are_made(row, said):
    with pytest.raises(ParameterError, match=re.escape(said)) as refused:
        tables(*row)
    assert "\n" not in str(refused.value)


def test_names_and_background_are_checked():
    with pytest.raises(ParameterError, match="two populations are called 'a'"):
        Tables(populations=[POPULATIONS[0], POPULATIONS[0]])
    with pytest.raises(ParameterError, match="a name of letters"):
        Population(name="hidden 1", size=1)
    with pytest.raises(ParameterError, match="size = 0"):
        Population(name="a", size=0)
    with pytest.raises(ParameterError, match=r"background of g_exc: no population 'f'"):
        tables(background=[Drive(receptor="g_exc", onto=("f",), rate=1 * Hz, weight=1)])
    with pytest.raises(ParameterError, match="a, c: they do not follow each other"):
        tables(background=[Drive(receptor="g_exc", onto=("a", "c"), rate=1 * Hz, weight=1)])


def kind(weight="w", name="up", **more):
    return Kind(
        name=name, make=lambda source, target: projection(source, target, "g", amount=weight, name=name), weight=weight,
        **more,
    )  # fmt: skip


def test_columns_become_values_of_cells():
    values = tables(up("a", "c", 0.5), up("b", "c", 0.5)).values([kind("w_up_post")])
    by_population = {name: value[::N].tolist() for name, value in values.items()}
    assert by_population == {
        "cells.x": [2, 0, 0.005, 0.005],
        "cells.y": [0, 0, 1, 1],
        "cells.up_begin": [2 * N, 2 * N, 0, 0],
        "cells.up_end": [4 * N, 4 * N, 0, 0],
        "cells.w_up": [0, 0, 0.5, 0.5],
    }
    assert tables(up("a", "c", 0.5)).values([kind()])["up.w"] == 0.5


def test_sources_may_lead_to_their_targets_with_densities_of_their_own(here):
    """As many synapses onto a cell as its projection says, from each source, within four standard deviations."""
    rows = [up("a", "c", inputs=4), up("b", "c", inputs=20)]
    table = tables(*rows)
    assert table.densities("up") == {"a": 0.1, "b": 0.5}
    assert table.values([kind()])["cells.up_density"][::N].tolist() == [0.1, 0.5, 0, 0]
    built = build(table, {"cells": group("cells", "g : 1\nx : 1\ny : 1"), "others": group("others")}, [kind()])
    for name, value in table.values([kind()]).items():
        if name.startswith("cells."):
            getattr(built.groups["cells"], name.removeprefix("cells.")).set_item(slice(None), value)
    built.connect()
    sources = np.array(built.projections["up"].i)
    for begin, inputs in ((0, 4), (N, 20)):
        mine = np.sum((sources >= begin) & (sources < begin + N))
        p, pairs = inputs / N, N * 2 * N
        assert abs(mine - p * pairs) < 4 * np.sqrt(p * (1 - p) * pairs)


@pytest.mark.parametrize(
    ("where", "said"),
    [("w_up_post", "weight of projections up onto c: 0.5 and 0.6"), ("w", "weight of projections up: 0.5 and 0.6")],
)
def test_a_column_that_has_no_place_is_refused(where, said):
    with pytest.raises(ParameterError, match=said):
        tables(up("a", "c", 0.5), up("b", "c", 0.6)).values([kind(where)])


def test_a_block_is_its_rows():
    """With weights and learning rates of each pair, of each target, or one: the same values, ranges and pairs."""
    eta = {"c": 0.75, "b": 0.25, "of another": 1}
    several = [
        Block(kind="up", sources=("a", "b"), targets=("b", "c"), inputs=10, weight=[[1, 2], [3, 4]], eta=eta),
        Block(kind="down", sources=("c",), targets=("a", "b"), inputs=8, weight=0.5 * ms),
        up("d", "c", 0.1, kind="other"),
    ]
    rows = [
        *(up(a, b, w, eta=eta[b]) for a, b, w in zip("aabb", "bcbc", (1, 2, 3, 4), strict=True)),
        *(up("c", name, 0.0005, inputs=8, kind="down") for name in "ab"),
        several[-1],
    ]
    ours, theirs = tables(*several), tables(*rows)
    kinds = [kind("", eta="eta_post"), kind("w_down_post", "down"), kind(name="other")]
    found, wanted = ours.values(kinds), theirs.values(kinds)
    assert list(found) == list(wanted)
    assert {"cells.eta", "cells.w_down", "other.w"} < set(found)
    for name, value in wanted.items():
        np.testing.assert_array_equal(found[name], value, name)
    for one in ("up", "down", "other"):
        assert ours.of_kind(one) == theirs.of_kind(one)
        assert (ours.spans(one), ours.densities(one)) == (theirs.spans(one), theirs.densities(one))
        np.testing.assert_array_equal(ours.pairs(one, "weight"), theirs.pairs(one, "weight"))
    assert ours.pairs("up", "weight")[1, 2] == 4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"targets": ()}, "projections up: sources and targets are needed"),
        ({"sources": "ab"}, "projections up: sources = 'ab'; a list of names is needed"),
        ({"weight": "much"}, "projections up: weight is no number and no array of numbers"),
        ({"eta": [[1, 2], [3]]}, "projections up: eta is no number and no array of numbers"),
        ({"eta": {"b": 1}}, "projections up: eta has nothing for c"),
        ({"weight": [1, 2, 3]}, "projections up: weight has shape (3,); (2, 2) are sources and targets"),
        ({"sources": ("a", "e")}, "projection up from e to b: no population 'e'"),
        ({"targets": ("b", "e")}, "projection up from a to e: no population 'e'"),
        ({"sources": ("a", "a")}, "two projections up lead from a to b"),
        ({"targets": ("b", "b")}, "two projections up lead from a to b"),
        ({"sources": ("a", "d")}, "projections up have sources in several groups (cells, others)"),
        ({"targets": ("a", "c")}, "projections up from a a, c: they do not follow each other"),
        ({"inputs": N + 1}, "projection up from a to b: inputs = 41; 0 to 40 are possible"),
    ],
)
def test_a_block_that_cannot_be_built_is_refused(changes, said):
    block = {"kind": "up", "sources": ("a", "b"), "targets": ("b", "c"), "inputs": 10}
    with pytest.raises(ParameterError, match=re.escape(said)):
        tables(Block(**block | changes))


def test_a_block_takes_names_in_arrays_and_is_equal_to_itself_alone():
    many = {"kind": "up", "targets": ("b", "c"), "inputs": 10, "weight": np.array([[1.0, 2.0], [3.0, 4.0]])}
    block, same = Block(sources=np.array(["a", "b"]), **many), Block(sources=("a", "b"), **many)
    assert block == block != same
    np.testing.assert_array_equal(tables(block).pairs("up", "weight"), tables(same).pairs("up", "weight"))


def test_a_kind_without_projections_is_refused():
    with pytest.raises(ParameterError, match=r"^no projections 'ups', did you mean up\? \(there are up\)$"):
        tables(up("a", "b")).ends("ups")


# ---- the builder -----------------------------------------------------------------------------------------------------


def group(name, equations="g : 1"):
    def make(n, wiring):
        return NeuronGroup(n, brian2.Equations(equations) + wiring, threshold="False", namespace={}, name=name)

    return make


@pytest.fixture
def here():
    """Brian2 in this process, numpy, as it was afterwards."""
    with isolated():
        start_scope()
        brian2.prefs.codegen.target = "numpy"
        brian2.seed(1)
        yield


def test_a_group_and_a_synapses_object_for_each_kind(here):
    table = tables(up("a", "c"), up("b", "c"), up("c", "a", kind="down"), up("c", "b", kind="down"))
    table = replace(table, background=[Drive(receptor="g", onto=("a", "b"), rate=1 * Hz, weight=1)])
    kinds = [kind(), kind(name="down")]
    built = build(table, {"cells": group("cells", "g : 1\nx : 1\ny : 1"), "others": group("others")}, kinds)
    assert [one.name for one in built.objects] == ["cells", "others", "up", "down", "cells_background"]
    values = table.values(kinds)
    set_values(_Model(built), values)
    built.connect()
    for name, allowed in (("up", {("a", "c"), ("b", "c")}), ("down", {("c", "a"), ("c", "b")})):
        made = built.projections[name]
        places = np.repeat(["a", "b", "c"], [N, N, 2 * N])
        found = set(zip(places[np.asarray(made.i)], places[np.asarray(made.j)], strict=True))
        assert found == allowed
        # Binomial, p = 10/40 or 10/80; 5 sd.
        p, pairs = 10 / (N if name == "up" else 2 * N), 2 * N * 2 * N
        assert abs(len(made) - p * pairs) < 5 * np.sqrt(pairs * p * (1 - p))


def test_a_pool_of_sources_is_a_population(here):
    """Where all sources lead to the same cells no range is asked of them, which a pool could not have."""
    pools = [Population(name="pool", size=500, group="pool"), *POPULATIONS]
    kinds = [kind(name="noise"), kind(name="none")]
    table = Tables(
        populations=pools,
        projections=[up("pool", "b", kind="noise", inputs=50, weight=0.2), up("pool", "a", kind="none", inputs=0)],
    )
    assert table.one_span("noise") == (N, 2 * N)
    values = table.values(kinds)
    assert set(values) == {"cells.x", "cells.y", "noise.w", "none.w"}
    assert (values["noise.w"], values["none.w"]) == (0.2, 0.5)
    made = {
        "pool": lambda n, wiring: PoissonPool(n, 1 * Hz, name="pool"),
        "cells": group("cells", "g : 1\nx : 1\ny : 1"),
        "others": group("others"),
    }
    built = build(table, made, kinds)
    built.connect()
    noise = built.projections["noise"]
    assert set(noise.j) == set(range(N, 2 * N))
    assert abs(len(noise) - 50 * N) < 5 * np.sqrt(50 * N * 0.9)
    assert len(built.projections["none"]) == 0
    assert [len(built.part(name)) for name in ("a", "c")] == [N, 2 * N]
    # Cells that do not all lead to the same ones know where they lead.
    assert tables(up("a", "c"), up("b", "c")).one_span("up") is None
    assert tables(up("d", "c")).one_span("up") == (2 * N, 4 * N)


class _Model:
    """What `set_values` reads of a model."""

    def __init__(self, built):
        self.network, self.functions = Network(*built.objects), built.functions


def test_groups_and_kinds_are_those_of_the_tables(here):
    with pytest.raises(ParameterError, match="the tables have groups cells, others; made are cells"):
        build(tables(), {"cells": group("cells")}, [])
    both = {"cells": group("cells"), "others": group("others")}
    with pytest.raises(ParameterError, match="the tables have kinds up; made are down"):
        build(tables(up("a", "c")), both, [kind(name="down")])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("xor", (2, 5)),
        ("xor_full", (4, 8)),
        ("multiplexing", (3, 7)),
        ("plasticity_network", (2, 7)),
        ("working_point", (2, 5)),
    ],
)
def test_networks_of_tables_are_few_objects(here, name, wanted):
    """Groups and Synapses objects, those of the population sums among them: more of either is a slower network."""
    experiment = EXPERIMENTS[name]
    model = experiment.build(structure(next(iter(experiment.presets.values()))))
    counted = tuple(sum(isinstance(one, of) for one in model.network.objects) for of in (NeuronGroup, Synapses))
    assert counted == wanted


def test_values_of_the_tables_are_no_structure(here):
    """Two networks that differ in numbers are one program: the same objects, equations and code."""
    plain, other = xor.PRESETS["paper"], xor.Config(eta_hidden=0, feedback="cut", I_d_output=0 * brian2.pA)
    assert structure(plain) == structure(other)
    ours, theirs = (xor.NETWORK.tables(config) for config in (plain, other))
    assert ours.names() == theirs.names()
    assert [(row.kind, row.source, row.target, row.inputs) for row in ours.projections] == [
        (row.kind, row.source, row.target, row.inputs) for row in theirs.projections
    ]
