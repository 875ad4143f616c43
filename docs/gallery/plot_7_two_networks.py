"""
The reduced and the full network: do they follow the gradient?
==============================================================

The rule knows nothing of a cost. Here the weight changes of the network of the paper (``xor``) and of the one without
its shortcuts (``xor_full``) are compared with the gradient of the cost in a rate model of each: 0 degrees is steepest
descent, 90 degrees neither better nor worse. Changes are also summed up as what they would do to the cost, to first
order: their product with the gradient.

One seed and 40 epochs here. The figure in docs/comparison.md of the project is made by this script with ``SEEDS`` of 1
to 5 and ``EPOCHS`` of 0, 40, 80, 120, 200 and 500 (``xor_full``: 400), within an hour.
"""

# %%
import tempfile
from itertools import pairwise

import numpy as np
from brian2 import second

from burstlab.analysis import figures, gradient
from burstlab.experiments import run
from burstlab.experiments.catalogue import find

POPULATIONS = tuple(find("xor").populations(find("xor").presets["quick"]))
SEEDS = (1,)
EPOCHS = {"xor": (0, 40), "xor_full": (0, 40)}
RESULTS = tempfile.mkdtemp()
PROJECTIONS = [(0, row, column) for row in range(2) for column in range(2)] + [(1, 0, column) for column in range(2)]

# %%
# After a number of epochs of learning, the rates of all cells for the four inputs are averages over the last four
# epochs and the test; before learning, over 20 epochs and both tests of a network without plasticity. One cell of each
# population is recorded, and with it the events of all.


def network(experiment, epochs, seed):
    """A run, its rates (input, hidden, output; cells by inputs), its weights and where there are synapses."""
    settings = {"epochs": epochs} if epochs else {"epochs": 20, "plasticity": "off"}
    examples = 20 if epochs else 4 * 22
    preset = find(experiment).presets["quick"]
    example = float(preset.example_duration)
    end = float(preset.settling) + 4 * example * (settings["epochs"] + 2)
    result = run(
        experiment, seed=seed, record=dict.fromkeys(POPULATIONS, (0,)), window=(end - examples * example, end),
        out=f"{RESULTS}/{experiment}-{epochs}-{seed}", **settings,
    )  # fmt: skip
    n = result.config["parameters"]["n"]
    begin, shown = (result.arrays[f"example/{name}"][-examples:] for name in ("begin", "shown"))
    rates = []
    for events in (result.events(name) for name in POPULATIONS):
        every = gradient.rates_of_cells(events.cell, events.time / second, n, begin + 1, begin + 2.8)
        rates.append(np.stack([every[:, shown == k].mean(axis=1) for k in range(4)], axis=1))
    layers = np.vstack(rates[:2]), np.vstack(rates[2:4]), rates[4]
    cells = slice(0, 2 * n), slice(2 * n, 4 * n), slice(4 * n, 5 * n)
    source, target, weight = (result.arrays[f"weights/{name}"] for name in ("source", "target", "w"))
    weights = [gradient.matrix(source, target, weight, cells[k + 1], cells[k]) for k in range(2)]
    there = [gradient.matrix(source, target, np.ones(len(weight)), cells[k + 1], cells[k]) > 0 for k in range(2)]
    return result, layers, weights, there


# %%
# Who drives the inhibition that a layer shares: in ``xor`` the layer below; in ``xor_full`` the PV cells, which hear
# the layer below and their own layer, those of the output with weights of their own for hidden2.
def inhibition(config):
    n = config["n"]
    if "w_pv_output" not in config:
        below = np.ones(2 * n) / n
        return gradient.Inhibition(below, np.zeros(2 * n)), gradient.Inhibition(below, np.zeros(n))
    to_output = [float(config[name]) for name in ("w_pv_output", "w_pv_output_hidden2")]
    return (
        gradient.Inhibition(np.ones(2 * n) / n, np.ones(2 * n) / n),
        gradient.Inhibition(np.repeat(to_output, n) / n, np.full(n, to_output[0] / n)),
    )


def compared(begin, end):
    """Angle (degrees) and first-order change of the cost of each projection between two states of a network."""
    result, layers, weights, there = begin
    config, n = result.config["parameters"], len(layers[2])
    slopes = gradient.gradients(*weights, layers, config["targets"], 2.0, 10.0, inhibition(config))
    found = []
    for layer, row, column in PROJECTIONS:
        part = slice(row * n, (row + 1) * n), slice(column * n, (column + 1) * n)
        change, slope = (end[2][layer] - weights[layer])[part], slopes[layer][part]
        angle = gradient.angle_to_descent(change, slope, there[layer][part])
        found.append((angle, float(np.sum(change * slope))))
    return found


# %%
# For each network: a run of each seed from the beginning to each of its numbers of epochs.
names = [f"{POPULATIONS[2 * k + column]} to {POPULATIONS[2 * k + 2 + row]}" for k, row, column in PROJECTIONS]
summaries, angles, changes = {}, {}, {}
for experiment, epochs in EPOCHS.items():
    states = [[network(experiment, end, seed) for end in epochs] for seed in SEEDS]
    found = np.array([[compared(*pair) for pair in pairwise(of_seed)] for of_seed in states])
    summaries[experiment] = [of_seed[-1][0].summary for of_seed in states]
    angles[experiment] = found[..., 0].mean(axis=0)
    changes[experiment] = found[..., 1].mean(axis=0) / np.diff(epochs)[:, None]
    for name, angle, change in zip(names, angles[experiment].T, changes[experiment].T, strict=True):
        print(f"{experiment}, {name}: {angle.round()} degrees, cost {change.round(4)} in an epoch")


# %%
def draw():
    """Cost and rates of both networks; angles and changes of the cost of each."""
    figure = figures.canvas(10, 6.5)
    axes = figure.subplots(2, 3)
    titles = (("Cost of both networks", *EPOCHS), ("Output before (open) and after", *EPOCHS))
    for places, names_ in zip(axes, titles, strict=True):
        for place, title in zip(places, names_, strict=True):
            figures.plain(place, title)
    # A colour for each population that learns, and a marker for where its inputs come from.
    looks = [
        {"color": colour, "ls": dash, "marker": marker, "ms": 4, "lw": 1.2}
        for colour, dash, marker in (
            (figures.PURPLE, "-", "o"), (figures.PURPLE, "-", "s"), (figures.DARK_PURPLE, "-", "o"),
            (figures.DARK_PURPLE, "-", "s"), (figures.BLACK, "--", "o"), (figures.BLACK, "--", "s"),
        )
    ]  # fmt: skip
    for (experiment, epochs), colour, column in zip(
        EPOCHS.items(), (figures.BLACK, figures.ORANGE), (1, 2), strict=True
    ):
        for summary in summaries[experiment]:
            axes[0, 0].plot(summary["epoch_cost"], color=colour, lw=0.6)
            axes[1, 0].plot(summary["event_rate_before_Hz"], "o:", color=colour, lw=0.6, ms=4, mfc="w")
            axes[1, 0].plot(summary["event_rate_after_Hz"], "o-", color=colour, lw=0.6, ms=3)
        middle = np.mean(list(pairwise(epochs)), axis=1)
        for name, look, angle, change in zip(names, looks, angles[experiment].T, changes[experiment].T, strict=True):
            axes[0, column].plot(middle, angle, label=name, **look)
            axes[1, column].plot(middle, change, **look)
        figures.threshold(axes[0, column], 90)
        figures.threshold(axes[1, column], 0)
        axes[0, column].set(ylim=(0, 180), yticks=range(0, 181, 45), ylabel="angle to descent (degrees)")
        axes[0, column].set(xlim=(0, epochs[-1]))
        axes[1, column].set(xlim=(0, epochs[-1]), xlabel="epoch", ylabel="first-order change\nof the cost in an epoch")
        figures.key(axes[0, 0], experiment, color=colour)
    axes[0, 0].set(xlabel="epoch", ylabel="cost", ylim=(0, None))
    figures.threshold(axes[1, 0], 6)
    axes[1, 0].set(xticks=range(4), xticklabels=["(0,0)", "(1,0)", "(0,1)", "(1,1)"])
    axes[1, 0].set(ylabel="event rate (Hz)")
    figures.legend(axes[0, 0])
    figure.legend(*axes[0, 1].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


figure = figures.drawn(draw, title=f"xor and xor_full, preset quick, seed {', '.join(map(str, SEEDS))}")
