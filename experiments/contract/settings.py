"""The settings of a run: as text, and what of them decides which program is compiled."""

from __future__ import annotations

from typing import Any

from burstlab.models.parameters import walk, with_changes


def structure(config: Any) -> Any:
    """The same config with the default value in every parameter that needs no new program.

    Of a list whose length is free, the length is structural: it becomes the first default, that many times. A list of
    words may also say what kind of run it is, by being the default or not: another one becomes its last allowed word.
    Settings with a method `stand_ins` say themselves what else has another value in place of all that need the same
    program, {name: value}.
    """
    defaults = type(config)()
    kept = {}
    for (name, known, value), (_, _, default) in zip(walk(config), walk(defaults), strict=True):
        if known.structural:
            kept[name] = value
        elif known.choices and known.several:
            kept[name] = default if value == default else known.choices[-1:] * len(value)
        elif known.several and known.length is None:
            kept[name] = default[:1] * len(value)
    kept |= config.stand_ins() if hasattr(config, "stand_ins") else {}
    return with_changes(defaults, kept)


def parameter_rows(config: Any) -> list[tuple[str, ...]]:
    """A table of every parameter, with its head: name (with a star where it is structural), value, allowed, source."""
    rows: list[tuple[str, ...]] = [("NAME", "DEFAULT", "ALLOWED", "MEANING", "SOURCE")]
    for name, known, value in walk(config):
        rows.append((name + "*" * known.structural, known.text(value), known.range_text, known.meaning, known.source))
    return rows


def settings(config: Any) -> dict[str, Any]:
    """Every parameter by its name, written as in config.json: strings with units, integers, words, lists."""
    return {name: known.format(value) for name, known, value in walk(config)}
