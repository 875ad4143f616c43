"""What the shell completes, and IPython (ipython.py): experiments, presets, parameters with their words, populations.

Names of experiments and presets need nothing loaded; parameters and populations take the time of Brian2's import. The
file of an experiment is loaded to know them, as for every command behind which it is named, if it makes one and does
nothing else.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

from burstlab.equations.errors import ParameterError

from .. import elsewhere
from ..catalogue import LISTED, find, others
from ..errors import RunError
from ..limits import VERBS

Words = Iterable[tuple[str, str]]  # and what they mean

# ---- what is known ---------------------------------------------------------------------------------------------------


def experiments_like(begin: str) -> Words:
    """Ours, or else those of installed packages, which are loaded for it."""
    ours = [(name, listed.meaning) for name, listed in LISTED.items() if name.startswith(begin)]
    if ours or "/" in begin:
        return ours
    return [(name, one.meaning) for name, one in others()[0].items() if name.startswith(begin)]


def files_like(begin: str, suffix: str, folders: bool = True) -> Words:
    """Files whose names end with `suffix`, and folders in which there may be some."""
    head, tail = os.path.split(begin)
    try:
        entries = sorted(os.scandir(os.path.expanduser(head) or "."), key=lambda entry: entry.name)
    except OSError:
        return []
    there = [each for each in entries if each.name.startswith(tail) and (tail or not each.name.startswith("."))]
    files = [os.path.join(head, each.name) for each in there if each.name.endswith(suffix) and each.is_file()]
    inner = [os.path.join(head, each.name, "") for each in there if folders and each.is_dir()]
    return [(path, "") for path in files + inner]


@dataclass(frozen=True)
class Named:
    """What is known of an experiment, and of a preset of it, by name: nothing where there is no such experiment."""

    name: str | None
    preset: str | None = None

    @cached_property
    def _experiment(self) -> Any:
        if self.name is None or (elsewhere.is_file(self.name) and not _makes_experiment(self.name)):
            return None
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return find(self.name)
        except (ParameterError, RunError):
            return None

    @property
    def _config(self) -> Any:
        presets = self._experiment.presets
        return presets.get(self.preset) or next(iter(presets.values()))

    @property
    def presets(self) -> Words:
        """Its presets."""
        known: Any = LISTED[self.name].presets if self.name in LISTED else getattr(self._experiment, "presets", {})
        return [(preset, "") for preset in known]

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """What is known of each of its parameters."""
        if self._experiment is None:
            return {}

        from burstlab.models.parameters import walk

        return {name: known for name, known, _ in walk(self._config)}

    @property
    def described(self) -> Words:
        """Its parameters."""
        return [(name, f"{known.meaning} ({known.range_text})") for name, known in self.parameters.items()]

    @property
    def ranges(self) -> Words:
        """Those of its parameters that can have a range."""
        data = {name for name, known in self.parameters.items() if known.kind == "quantity" and not known.structural}
        return [(name, meaning) for name, meaning in self.described if name in data]

    @property
    def populations(self) -> Words:
        """Those whose cells can be recorded."""
        if self._experiment is None or self._experiment.populations is None:
            return []
        known = self._experiment.populations(self._config)
        return [(name, f"cells 0 to {one.stop - one.start - 1}") for name, one in known.items()]

    @property
    def numbers(self) -> Words:
        """Numbers of its summary: its headlines, and what is compared with published ones."""
        if self._experiment is None:
            return []
        published = [(one.key, one.name) for one in self._experiment.references_of(self.preset or "")]
        return list((dict.fromkeys(self._experiment.headlines or (), "") | dict(published)).items())


def _makes_experiment(file: str) -> bool:
    """Whether a file makes an experiment and, as far as one can read, does nothing else when it is loaded."""
    try:
        tree = ast.parse(Path(file).expanduser().read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return False
    names = {name for node in tree.body for name in _called(node)}
    return (
        bool(names & {"Experiment", "learning"})
        and not names & {*VERBS, "reproduce"}
        and all(map(_only_says, tree.body))
    )


def _only_says(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        return ast.unparse(node.test).startswith("__name__")
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    said = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
    return is_text or isinstance(node, said)


def _called(node: ast.stmt) -> Iterable[str]:
    """What a statement of a file calls when the file is loaded."""
    if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If):
        for each in ast.walk(node):
            if isinstance(each, ast.Call):
                yield each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")


# ---- in a shell ------------------------------------------------------------------------------------------------------

_END = "\0"  # no word of a line has it


@add_completion_class
class _Bash(BashComplete):
    """Bash that waits for a value behind a name.

    For bash, = and : end a word, and what it puts a reply in the place of is only what is behind them (COMP_WORD).
    """

    source_template = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value"); [[ $value == *[=:/] ]] && compopt -o nospace ;;
        esac
    done < <(COMP_LINE=${COMP_LINE:0:COMP_POINT} COMP_WORD=$2 %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

    front = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        _, *words = split_arg_string(os.environ["COMP_LINE"] + _END)
        word = words.pop().removesuffix(_END)
        self.front = word.removesuffix(os.environ["COMP_WORD"])
        if word.startswith("-"):  # click takes the name of an option away
            self.front = self.front.partition("=")[2]
        return words, word

    def format_completion(self, item: CompletionItem) -> str:
        item.value = item.value.removeprefix(self.front)
        return super().format_completion(item)


Items = list[CompletionItem]
Complete = Callable[[click.Context, click.Parameter, str], Items]


def _items(known: Words, incomplete: str, before: str = "") -> Items:
    # What is there already is no completion.
    return [
        CompletionItem(before + name, help=meaning)
        for name, meaning in known
        if name.startswith(incomplete) and (name != incomplete or name[-1] not in "=:")
    ]


def _listed(known: Words, incomplete: str) -> Items:
    """Of names with commas between them the last one."""
    before, comma, last = incomplete.rpartition(",")
    return _items(known, last, before + comma)


def words(known: Iterable[str]) -> Complete:
    """One of these words."""
    return lambda context, parameter, incomplete: _items([(word, "") for word in known], incomplete)


def python_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """FILE.py."""
    return _items(files_like(incomplete, ".py"), incomplete)


def experiments(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Ours and those of installed packages, and files of one's own."""
    known = list(experiments_like(incomplete))
    files = list(files_like(incomplete, ".py", folders=False)) or ([] if known else files_like(incomplete, ".py"))
    return _items([*known, *files], incomplete)


def presets(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Those of the experiment."""
    return _items(_named(context).presets, incomplete)


def settings(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """NAME= for --set and --vary, or NAME=WORD where words are what is allowed."""
    named = _named(context)
    known = [
        (f"{name}={word}", meaning)
        for name, meaning in named.described
        for word in named.parameters[name].choices or ("",)
    ]
    return _items(known, incomplete)


def ranges(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """NAME=,NAME= for --over, of what can have a range."""
    return _listed([(f"{name}=", meaning) for name, meaning in _named(context).ranges], incomplete)


def populations(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """POPULATION: of the experiment."""
    return _items([(f"{name}:", meaning) for name, meaning in _named(context).populations], incomplete)


def recorded(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """POPULATION:I of what a run has recorded."""
    from ..runs import folders

    try:
        config = folders.read_json(Path(_first(context, "directory") or "."), folders.CONFIG)
    except (RunError, OSError):
        return []
    kept = config.get("recording", {}).get("cells", {})
    return _items([(f"{name}:{cell}", "") for name, cells in kept.items() for cell in cells], incomplete)


def numbers(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """KEY,KEY of the summary."""
    return _listed(_named(context).numbers, incomplete)


def targets(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """KEY= of the summary, or FILE.csv."""
    found = _items([(f"{key}=", meaning) for key, meaning in _named(context).numbers], incomplete)
    return found or _items(files_like(incomplete, ".csv"), incomplete)


def _named(context: click.Context) -> Named:
    return Named(_first(context, "experiment"), context.params.get("preset"))


def _first(context: click.Context, name: str) -> str | None:
    """What has been named before; behind an option that waits for its value click has not told it from the options."""
    found = context.params.get(name) or next((word for word in context.args if not word.startswith("-")), None)
    return None if found is None else str(found)
