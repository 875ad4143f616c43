"""Which folder may import what, and what nothing may use."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from burstlab.experiments.catalogue import LISTED

ROOT = Path(__file__).parent.parent
FOLDERS = ("equations", "models", "analysis", "experiments")
FILES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
IDS = [str(path.relative_to(ROOT)) for path in FILES]
every_file = pytest.mark.parametrize("path", FILES, ids=IDS)


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path):
    """Absolute names of all that a file imports, wherever the statement stands; 'burstlab.models.x' for siblings."""
    folder = path.parent.relative_to(ROOT).parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = ("burstlab", *folder)
                package = package[: len(package) - node.level + 1]
                base = ".".join([*package, *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def roots(path):
    """What a file imports: top-level packages, or 'burstlab.folder'."""
    names = [name.split(".") for name in imported(path)]
    return {".".join(parts[:2]) if parts[0] == "burstlab" else parts[0] for parts in names}


def in_folder(folder):
    chosen = [path for path in FILES if path.relative_to(ROOT).parts[0] == folder]
    return pytest.mark.parametrize("path", chosen, ids=[str(path.relative_to(ROOT)) for path in chosen])


def test_there_are_files_to_check():
    counts = {folder: sum(path.relative_to(ROOT).parts[0] == folder for path in FILES) for folder in FOLDERS}
    assert counts["equations"] >= 9
    assert counts["models"] >= 9
    assert min(counts["analysis"], counts["experiments"]) >= 2
    assert sum(len(list(imported(path))) for path in FILES) > 100


@in_folder("equations")
def test_equations_import_brian2_numpy_and_each_other_only(path):
    assert roots(path) - sys.stdlib_module_names <= {"brian2", "numpy", "burstlab.equations"}


@in_folder("models")
def test_models_import_equations_and_each_other_only(path):
    ours = {name for name in roots(path) if name.startswith("burstlab")}
    assert ours <= {"burstlab.equations", "burstlab.models"}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            assert not (node.module or "").startswith("burstlab"), "models import relatively"


@in_folder("analysis")
def test_analysis_imports_neither_brian2_nor_models(path):
    found = roots(path)
    ours = {name for name in found if name.startswith("burstlab")}
    assert "brian2" not in found
    assert ours <= {"burstlab.analysis"}


@every_file
def test_only_the_figures_module_imports_matplotlib(path):
    if path.relative_to(ROOT).as_posix() != "analysis/figures.py":
        assert not roots(path) & {"matplotlib", "pylab", "mpl_toolkits"}


@in_folder("experiments")
def test_experiments_import_other_folders_absolutely(path):
    depth = len(path.relative_to(ROOT).parts) - 1
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level <= depth, f"line {node.lineno}: {node.module}"


# The floors of experiments/: what is on one may use what is on its own floor and below.
FLOORS = (
    {"errors", "limits", "contract"},
    {"experiment", "checks"},
    {"learning", *LISTED, "elsewhere", "catalogue"},
    {"engine"},
    {"runs"},
    {"cli", "explore"},
)
MODULES = {
    ".".join(("burstlab", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in FILES
}


def modules(path):
    """Modules of ours that a file imports, wherever the statement stands."""
    for name in imported(path):
        found = next((known for known in (name, name.rpartition(".")[0]) if known in MODULES), None)
        if found is not None and MODULES[found] != path:
            yield found


def floor(module):
    place = module.split(".")[2]
    return next(number for number, floor in enumerate(FLOORS) if place in floor)


@in_folder("experiments")
def test_experiments_import_from_their_floor_and_below(path):
    if path == ROOT / "experiments" / "__init__.py":
        return
    mine = next(name for name, known in MODULES.items() if known == path)
    for name in modules(path):
        if name.startswith("burstlab.experiments."):
            assert floor(name) <= floor(mine), f"{mine} imports {name}"


def test_an_experiment_imports_nothing_of_those_who_run_it():
    """The same said of each: experiment.py and contract/, learning/, models and analysis."""
    for name in LISTED:
        for path in [*(ROOT / "experiments").glob(f"{name}.py"), *(ROOT / "experiments" / name).glob("*.py")]:
            rooms = {found.split(".")[2] for found in modules(path) if found.startswith("burstlab.experiments.")}
            assert not rooms & {"engine", "runs", "cli", "explore", "catalogue", "elsewhere"}, name


def test_no_circles():
    """Imports that wait until a function is called and those for type checkers count like all others."""
    waiting = {name: set(modules(path)) for name, path in MODULES.items()}
    while free := {name for name, needs in waiting.items() if not needs & set(waiting)}:
        waiting = {name: needs for name, needs in waiting.items() if name not in free}
    assert not waiting


SHARED_HELPERS = {path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("test_")}


def test_tests_import_the_package_absolutely():
    files = sorted(Path(__file__).parent.glob("*.py"))
    assert len(files) >= 13
    for path in files:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0 or node.module in SHARED_HELPERS, path
                assert (node.module or "").split(".")[0] not in FOLDERS, path


@every_file
def test_one_module_removes_files(path):
    """What is removed is what removal.py knows to be burstlab's; private temporary folders go with who made them."""
    removes = {"unlink", "rmdir", "rmtree", "removedirs"}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and path.name != "removal.py":
            called = ast.unparse(node.func)
            assert called != "os.remove", f"line {node.lineno}"
            assert called.rpartition(".")[2] not in removes, f"line {node.lineno}: {called}"


@every_file
def test_no_star_imports(path):
    assert not any(name.endswith(".*") for name in imported(path))


@every_file
def test_no_pickle_no_yaml(path):
    assert not roots(path) & {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "yaml"}


def keyword_is_true(call, name):
    return any(
        word.arg == name and not (isinstance(word.value, ast.Constant) and word.value.value is False)
        for word in call.keywords
    )


@every_file
def test_no_shell_no_eval_no_pickled_arrays(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert not keyword_is_true(node, "shell"), f"line {node.lineno}"
            assert not keyword_is_true(node, "allow_pickle"), f"line {node.lineno}"
            assert called not in {"eval", "exec", "os.system", "os.popen"}, f"line {node.lineno}"
