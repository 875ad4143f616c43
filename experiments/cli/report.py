"""The report of all experiments as one page that needs nothing beside it, and as JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from ..runs import folders

HTML, JSON = "report.html", "report.json"


def write(folder: Path, content: Mapping[str, Any]) -> None:
    """Write report.json and report.html, each complete or not there.

    Parameters
    ----------
    folder : Path
        The report's folder; the figures that `content` names are in it.
    content : mapping
        As `reproduce.make` puts it together.
    """
    page = render(folder, content)
    folders.write_json(folder, JSON, content)
    folders.publish(folder / HTML, lambda path: path.write_text(page, encoding="utf-8"))


def render(folder: Path, content: Mapping[str, Any]) -> str:
    """The page: a table of ours beside the published numbers, and the figure, of every experiment."""
    from jinja2 import Environment, StrictUndefined

    # The page is made of what users and errors said, too.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": number, "band": band, "ours": ours, "duration": duration}
    template = resources.files(__package__) / "templates" / HTML
    figures = {
        section["experiment"]: base64.b64encode((folder / section["figure"]).read_bytes()).decode()
        for section in content["experiments"]
        if section["figure"] is not None
    }
    return environment.from_string(template.read_text(encoding="utf-8")).render(content, figures=figures)


def number(value: float | None, sign: bool = False) -> str:
    """Four significant digits, or a dash where there is no number."""
    if value is None:
        return "–"
    return f"{value:+.4g}" if sign and value else f"{value:.4g}"


def ours(row: Mapping[str, Any]) -> str:
    """Our number, with its standard deviation over seeds."""
    if row["ours"] is None:
        return "missing"
    return number(row["ours"]) + (f" ± {row['sd']:.2g}" if row["sd"] is not None else "")


def band(row: Mapping[str, Any]) -> str:
    """What counts as agreement."""
    low, high = row["low"], row["high"]  # None: no bound
    if low == high:
        return f"exactly {number(low)}"
    if low is None or high is None:
        return f"at most {number(high)}" if low is None else f"at least {number(low)}"
    return f"{number(low)} to {number(high)}"


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
