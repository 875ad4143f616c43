"""Pages that are written while the site is built: parameters of every experiment, the API, and the files of the root.

A Sphinx extension (conf.py), but what it writes is made without Sphinx, so that the tests can look at it.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, using
from pygments.lexers.shell import BashLexer
from pygments.lexers.special import TextLexer
from pygments.token import Comment, Generic

from burstlab.experiments.catalogue import EXPERIMENTS, LISTED
from burstlab.models.parameters import walk

DOCS = Path(__file__).parent
ROOT = DOCS.parent
FOLDER = "generated"
# Markdown from outside docs/ that is part of the site.
OUTSIDE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", ".github/CODE_OF_CONDUCT.md", ".github/SECURITY.md")
COMMANDS = "(?:burstlab|eval|make|pip|python|ssh) "
# A page for every name that these offer, and a page for each of the others as a whole.
BY_NAME = ("burstlab", "burstlab.experiments", "burstlab.experiments.learning", "burstlab.models")
BY_MODULE = (
    "burstlab.experiments.experiment",
    "burstlab.experiments.runs.result",
    "burstlab.models.parameters",
    "burstlab.models.tables",
    *(f"burstlab.analysis.{path.stem}" for path in sorted((ROOT / "analysis").glob("[a-z]*.py"))),
)
# What pages take from inside of other modules.
ALSO = (
    "burstlab.experiments.catalogue.find",
    "burstlab.experiments.cli.compare.Comparison",
    "burstlab.experiments.cli.compare.Difference",
    "burstlab.experiments.cli.inspection.Drawn",
    "burstlab.experiments.explore.server.page",
    "burstlab.experiments.learn.PRESETS",
    "burstlab.experiments.learn.tables",
    "burstlab.experiments.learning.learn_settings.Config",
    "burstlab.experiments.response_curves.Config",
    "burstlab.experiments.response_curves.curves_of",
    "burstlab.experiments.xor.NETWORK",
)
EQUATIONS = [
    path.stem
    for path in sorted((ROOT / "equations").glob("[a-z]*.py"))
    if path.stem not in ("errors", "loading", "preferences")
]


def pages() -> dict[str, str]:
    """Every page that is written, {place in docs/: text}."""
    return {f"{FOLDER}/{name}": text for part in (_of_root, _parameters, _api) for name, text in part()}


def documented() -> set[str]:
    """Full names of all that has a place in the API reference."""
    found = re.findall(r"^\.\. (?:auto|py:)(?!module)\w+:: ([\w.]+)", "\n".join(pages().values()), re.MULTILINE)
    return set(found)


def offered(module: ModuleType) -> list[str]:
    """The public names of a module: what it says itself, or what is made in it."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    made = inspect.isfunction, inspect.isclass
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and any(kind(value) for kind in made)
        and value.__module__ == module.__name__
        and value.__doc__
    ]


# ---- files of the root -----------------------------------------------------------------------------------------------


def _of_root() -> Iterator[tuple[str, str]]:
    for place in OUTSIDE:
        # The first page of the site has the heading of the README already.
        text = (ROOT / place).read_text().replace("# burstlab\n", "# What burstlab is\n", 1)
        yield Path(place).name, for_the_site(text, FOLDER)


def for_the_site(text: str, folder: str) -> str:
    """Markdown whose links between docs/ and the root hold in the site too, with a prompt before each command line.

    Parameters
    ----------
    text : str
        A page of the root or of docs/.
    folder : str
        That of the page within docs/.
    """

    def moved(link: re.Match[str]) -> str:
        opening, place, anchor = link.groups()
        target = ((ROOT if folder == FOLDER else DOCS / folder) / place).resolve()
        if target in {ROOT / outside for outside in OUTSIDE}:
            return f"{opening}/{FOLDER}/{target.name}{anchor}"
        if folder != FOLDER or not target.is_file():
            return link.group()
        up = f"/{target.relative_to(DOCS)}" if target.is_relative_to(DOCS) else f"../../{target.relative_to(ROOT)}"
        return f"{opening}{up}{anchor}"

    def prompted(block: re.Match[str]) -> str:
        # Where lines are wrapped, it says where a command begins.
        return "```commands\n" + re.sub(f"^(?={COMMANDS})", "$ ", block.group(1), flags=re.MULTILINE) + "```"

    text = re.sub(rf"^```\n((?:# [^\n]*\n)?{COMMANDS}.*?)^```$", prompted, text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(\]\()(?!https?:|mailto:|#)([^)#\s]+)((?:#[^)\s]*)?)", moved, text)


# ---- parameters ------------------------------------------------------------------------------------------------------


def _parameters() -> Iterator[tuple[str, str]]:
    names = "\n".join(f"   {name}" for name in EXPERIMENTS)
    yield (
        "parameters/index.rst",
        f"""{_title("Parameters")}
Every number of an experiment, with its values in all presets, what is allowed, and where it comes from. ``burstlab
params EXPERIMENT`` prints the same, ``--set NAME=VALUE`` changes one.

.. toctree::
   :maxdepth: 1

{names}
""",
    )
    for name, experiment in EXPERIMENTS.items():
        presets = "\n".join(_preset(preset, *LISTED[name].presets[preset]) for preset in experiment.presets)
        yield (
            f"parameters/{name}.rst",
            f"""{_title(f"Parameters of {name}")}
{LISTED[name].meaning[0].upper()}{LISTED[name].meaning[1:]}. What it shows: :doc:`/experiments/{name}`.

{presets}

Where a preset has no value, it has that of the first. A star marks a parameter of which another value needs another
compiled program; all others change without a compile.

{parameter_table(experiment.presets)}
""",
        )


def _preset(name: str, work: float | str, expected_s: float | None) -> str:
    simulated = work if isinstance(work, str) else f"{work:g} s of simulated time"
    takes = "" if expected_s is None else f", some {expected_s:g} s on one core"
    return f"* ``{name}``: {simulated}{takes}"


def parameter_table(sets: dict[str, Any]) -> str:
    """A table of the parameters of sets that have the same ones, and where they differ from the first."""
    columns = [{name: known.text(value) for name, known, value in walk(each)} for each in sets.values()]
    alike = all(column == columns[0] for column in columns)
    one_each = len(sets) <= 2  # more columns would be wider than a page
    heads = ["Default"] if alike else list(sets) if one_each else [next(iter(sets)), "Other presets"]
    rows = [["Parameter", *heads, "Allowed", "Meaning and source"]]
    for name, known, _ in walk(next(iter(sets.values()))):
        first = columns[0][name]
        others: dict[str, list[str]] = {}  # the presets that have another value
        for preset, column in zip(sets, columns, strict=True):
            if column[name] != first:
                others.setdefault(column[name], []).append(preset)
        named = [_code(value) + ("" if one_each else f" {', '.join(who)}") for value, who in others.items()]
        star = " \\*" if known.structural else ""
        values = [_code(first), *([] if alike else ["; ".join(named)])]
        rows.append([_code(name) + star, *values, known.range_text, f"{known.meaning} ({known.source})"])
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [f"   {'* -' if k == 0 else '  -'} {cell}".rstrip() for k, cell in enumerate(map(_escaped, row))]
    return "\n".join(lines)


def _code(text: str) -> str:
    return f"``{text}``"


def _escaped(text: str) -> str:
    return text if text.startswith("``") else re.sub(r"([*|_`])", r"\\\1", text)


# ---- API -------------------------------------------------------------------------------------------------------------


def _api() -> Iterator[tuple[str, str]]:
    homes: dict[int, str] = {}  # where each object is documented: where it is offered first
    for place in (*BY_NAME, *BY_MODULE):
        module = importlib.import_module(place)
        for name in offered(module):
            if not isinstance(value := getattr(module, name), str):
                homes.setdefault(id(value), f"{place}.{name}")
    listed = []
    for place in BY_NAME:
        module = importlib.import_module(place)
        names = [f"{place}.{name}" for name in offered(module)]
        for full in names:
            yield f"api/{full}.rst", f"{_title(full)}{_entry(full, homes)}\n"
        listed.append(_contents(place, _first_line(module), names))
    for place in BY_MODULE:
        module = importlib.import_module(place)
        # First what the module is named after.
        names = sorted(offered(module), key=lambda name: name.lower() != module.__name__.rpartition(".")[2])
        entries = "\n\n".join(_entry(f"{place}.{name}", homes) for name in names)
        yield f"api/{place}.rst", f"{_title(place)}.. automodule:: {place}\n   :no-members:\n\n{entries}\n"
    for full in ALSO:
        yield f"api/{full}.rst", f"{_title(full)}{_entry(full, homes)}\n"
    listed.append(_contents("Others", "What pages take from other modules.", list(ALSO)))
    listed.append(_contents("Modules", "Whole modules, a page for each.", list(BY_MODULE)))
    yield "api/equations.rst", _equations()
    listed.append(_contents("Equations", "What the model is, as text.", ["equations"]))
    yield "api/index.rst", _title("Reference") + "\n".join(listed)


def _contents(title: str, about: str, names: list[str]) -> str:
    entries = "\n".join(f"   {name}" for name in names)
    return f"{_title(title, '-')}{about}\n\n.. toctree::\n   :maxdepth: 1\n\n{entries}\n"


def _first_line(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().splitlines()[0]


def _entry(full: str, homes: dict[int, str]) -> str:
    """The place of a name in the reference."""
    module, _, name = full.rpartition(".")
    value = getattr(importlib.import_module(module), name)
    described = inspect.isclass(value) or inspect.isroutine(value)
    kind = "class" if inspect.isclass(value) else "function" if described else "data"
    if (home := homes.get(id(value), full)) != full:
        return f".. py:{kind}:: {full}\n   :no-index:\n\n   The same as :py:obj:`{home}`."
    if not described:
        return f".. py:data:: {full}\n\n   {_about(value, homes)}"
    if kind == "class" and _is_parameter_set(value):
        return f".. autoclass:: {full}(**parameters)\n\n{parameter_table({'Default': value()})}"
    # What a named tuple holds is in its docstring; to autodoc each is an alias of a number.
    fields = ", ".join(getattr(value, "_fields", ()))
    members = "\n   :members:" + (f"\n   :exclude-members: {fields}" if fields else "")
    return f".. auto{kind}:: {full}" + (members if kind == "class" else "")


def _about(value: Any, homes: dict[int, str]) -> str:
    """What there is to say of a value."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return f"By name: {', '.join(map(_code, value))}."
    return f"A :py:class:`~{homes[id(type(value))]}`."


def _is_parameter_set(kind: type) -> bool:
    return dataclasses.is_dataclass(kind) and any("parameter" in field.metadata for field in dataclasses.fields(kind))


def _equations() -> str:
    parts = [
        f"{_title(f'burstlab.equations.{name}', '-')}"
        f".. literalinclude:: ../../../equations/{name}.py\n   :language: python\n"
        for name in EQUATIONS
    ]
    return _title("Equations") + "\n".join(parts)


def _title(text: str, line: str = "=") -> str:
    shown = text.replace("_", "\\_")
    return f"{shown}\n{line * len(shown)}\n\n"


class Commands(RegexLexer):
    """Command lines after prompts, and comments: what Pygments calls a session takes # for another prompt."""

    tokens: ClassVar = {
        "root": [
            (r"#.*\n", Comment),
            (r"(\$ )(.*\n)", bygroups(Generic.Prompt, using(BashLexer))),
            (r".*\n", Generic.Output),
        ]
    }


# ---- Sphinx ----------------------------------------------------------------------------------------------------------


def _write(app: Any) -> None:
    """Write the pages; one that has not changed is left alone, so that only what has is built again."""
    for name, text in pages().items():
        place = Path(app.srcdir) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.is_file() or place.read_text() != text:
            place.write_text(text)


def _read(app: Any, page: str, source: list[str]) -> None:
    if not page.startswith(FOLDER) and Path(app.env.doc2path(page)).suffix == ".md":
        source[0] = for_the_site(source[0], str(Path(page).parent))


def setup(app: Any) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("builder-inited", _write)
    app.connect("source-read", _read)
    app.add_lexer("commands", Commands)
    app.add_lexer("csv", TextLexer)
    return {"parallel_read_safe": True}
