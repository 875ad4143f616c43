"""Tasks from a user's files. Each refusal names the file, the line or array, what is there and what is allowed.

A .csv file is a table with a header. Its columns are called

- `input NAME`, one or more: numbers from 0 to 1;
- `output NAME`, one or more: 0 or 1; or one column `class`: whole numbers from 0 on, which become an output each;
- `part`, if there is a test part: train or test;
- `name`, if the patterns are to have names: different words of letters, digits and _.

An .npz file has the arrays `patterns` and `targets`, or `classes` in their place; and, as of `Task`, `n_train`,
`order`, `names`, `inputs` and `outputs`, if they are wanted.
"""

from __future__ import annotations

import csv
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from burstlab.equations.errors import ParameterError

from ..contract import npz
from .task import Task, one_hot

# Far more than a spiking network is shown in days; and no file is held in memory beyond them.
MOST_PATTERNS, MOST_NUMBERS, MOST_CLASSES = 100_000, 50_000_000, 10_000
_LONGEST_LINE = 1_000_000
_COLUMNS = "`input NAME`, `output NAME`, class, part or name"
_NAMED = ("input", "output")
_NEEDED, _POSSIBLE = ("patterns",), ("targets", "classes", "n_train", "order", "names", "inputs", "outputs")


def from_csv(path: Path) -> Task:
    """The task of a .csv file.

    Raises
    ------
    ParameterError
    """
    try:
        lines = _lines(path)
        number, header = next(lines, (0, []))
        columns = _header(path, number, header)
        rows: dict[str, list[Any]] = {kind: [] for kind in columns}
        for number, cells in lines:
            where = f"task: {path}, line {number}"
            if len(cells) != len(header):
                raise ParameterError(f"{where}: {len(cells)} cells, {len(header)} are needed, as many as in the header")
            count = len(rows["input"]) + 1
            if count > MOST_PATTERNS or count * len(header) > MOST_NUMBERS:
                raise _too_many(str(path), f"more than {count - 1} rows of {len(header)} columns")
            for kind, places in columns.items():
                rows[kind].append(_cells(where, kind, [(header[k], cells[k]) for k in places]))
    except UnicodeDecodeError as error:
        raise ParameterError(f"task: {path} is no text in UTF-8: {error.reason}") from None
    words = {f"{kind}s": [header[k].partition(" ")[2].strip() for k in columns.get(kind, ())] for kind in _NAMED}
    return _of_rows(path, rows, words)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is not empty; no more than one is in memory."""
    with open(path, encoding="utf-8-sig", newline=None) as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise ParameterError(f"task: {path}, line {number}: longer than {_LONGEST_LINE} characters")
            if line.strip():
                try:
                    yield number, [cell.strip() for cell in next(csv.reader([line], strict=True))]
                except csv.Error as error:
                    raise ParameterError(f"task: {path}, line {number}: {error}") from None


def _header(path: Path, number: int, header: list[str]) -> dict[str, list[int]]:
    """Where the columns of each kind are."""
    if not header:
        raise ParameterError(f"task: {path} is empty; a header with columns called {_COLUMNS} is needed")
    found: dict[str, list[int]] = {}
    for k, cell in enumerate(header):
        kind, _, rest = cell.partition(" ")
        if not ((kind in _NAMED and rest.strip()) or cell in ("class", "part", "name")):
            raise ParameterError(
                f"task: {path}, line {number}: a header is needed, with columns called {_COLUMNS}, not {cell!r}"
            )
        found.setdefault(kind, []).append(k)
    twice = next((cell for k, cell in enumerate(header) if cell in header[:k]), None)
    if twice is not None:
        raise ParameterError(f"task: {path}, line {number}: two columns are called {twice!r}")
    if "input" not in found:
        raise ParameterError(f"task: {path}, line {number}: no column `input NAME`")
    if ("output" in found) == ("class" in found):
        raise ParameterError(f"task: {path}, line {number}: columns `output NAME` are needed, or one column class")
    return found


def _cells(where: str, kind: str, cells: list[tuple[str, str]]) -> Any:
    """What a row says in the columns of a kind."""
    values = [_cell(where, kind, column, text) for column, text in cells]
    return np.array(values, dtype=np.float32) if kind in _NAMED else values[0]


def _cell(where: str, kind: str, column: str, text: str) -> Any:
    wanted = {
        "input": "a number from 0 to 1", "output": "0 or 1", "part": "train or test", "name": "a word",
        "class": f"a whole number from 0 to {MOST_CLASSES - 1}",
    }[kind]  # fmt: skip
    value: Any = text
    if kind == "class":
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        good = 0 <= value < MOST_CLASSES
    elif kind == "part":
        good = text in ("train", "test")
    elif kind == "name":
        good = bool(text)
    else:
        value = _number(text)
        good = 0 <= value <= 1 if kind == "input" else value in (0, 1)
    if not good:
        raise ParameterError(f"{where}, column {column}: {wanted} is needed, not {text[:40] or 'nothing'}")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _of_rows(path: Path, rows: dict[str, list[Any]], words: dict[str, list[str]]) -> Task:
    if not rows["input"]:
        raise ParameterError(f"task: {path} has a header and no row; one is needed for each pattern")
    patterns = np.array(rows["input"])
    targets = np.array(rows["output"]) if "output" in rows else _of_classes(f"{path}, column class", rows["class"])
    names, n_train = rows.get("name", []), 0
    if "part" in rows:
        is_test = np.array(rows["part"]) == "test"
        if is_test.all() or not is_test.any():
            raise ParameterError(
                f"task: {path}, column part: all rows are {rows['part'][0]}; both are needed, or no such column"
            )
        first = np.argsort(is_test, kind="stable")
        patterns, targets, n_train = patterns[first], targets[first], int(np.sum(~is_test))
        names = [names[k] for k in first] if names else []
    return _task(str(path), patterns=patterns, targets=targets, n_train=n_train, names=names, **words)


def _of_classes(where: str, classes: Any) -> np.ndarray:
    found = np.unique(classes)
    if found.tolist() != list(range(len(found))) or len(found) < 2:
        shown = ", ".join(map(str, found[:8])) + (", ..." if len(found) > 8 else "")
        raise ParameterError(f"task: {where}: classes from 0 on, each at least once, are needed; there are {shown}")
    return one_hot(classes)


def _task(where: str, names: Any = (), **members: Any) -> Task:
    """The task, whose patterns have numbers where their own digits are no names."""
    patterns = members["patterns"]
    if not len(names) and len(np.unique(patterns, axis=0)) < len(patterns):
        names = [f"p{k + 1}" for k in range(len(patterns))]
    try:
        return Task(names=tuple(names), **members)
    except ParameterError as error:
        raise ParameterError(f"task: {where}: {error}") from None


def _too_many(where: str, what: str) -> ParameterError:
    return ParameterError(f"task: {where}: {what}; {MOST_PATTERNS} patterns and {MOST_NUMBERS} numbers are possible")


# ---- .npz ------------------------------------------------------------------------------------------------------------


def is_images(path: Path) -> bool:
    """Whether an .npz file is a set of images (data.py), as Keras keeps them."""
    return "x_train" in _shapes(path)


def from_npz(path: Path) -> Task:
    """The task of an .npz file.

    Raises
    ------
    ParameterError
    """
    shapes = _shapes(path)
    if missing := [name for name in _NEEDED if name not in shapes]:
        raise ParameterError(
            f"task: {path} has no array {missing[0]}; needed are patterns and targets, or classes in their place"
        )
    if ("targets" in shapes) == ("classes" in shapes):
        raise ParameterError(f"task: {path}: an array targets is needed, or one called classes, and not both")
    for name in shapes:
        if name not in (*_NEEDED, *_POSSIBLE):
            raise ParameterError(
                f"task: {path} has an array {name}; known are {', '.join((*_NEEDED, *_POSSIBLE))}"
            )  # fmt: skip
    for name, shape in shapes.items():
        if (shape[0] if shape else 1) > MOST_PATTERNS or math.prod(shape) > MOST_NUMBERS:
            raise _too_many(f"{path}, array {name}", f"an array of shape {shape}")
    with npz.reading(_unreadable(path)), np.load(path, allow_pickle=False) as file:
        found: dict[str, Any] = {name: file[name] for name in shapes}
    if "classes" in found:
        classes = found.pop("classes")
        if classes.ndim != 1 or classes.dtype.kind not in "iu" or not classes.size or classes.max() >= MOST_CLASSES:
            raise ParameterError(
                f"task: {path}, array classes: a list of whole numbers from 0 to {MOST_CLASSES - 1} is needed"
            )  # fmt: skip
        found["targets"] = _of_classes(f"{path}, array classes", classes)
    if "n_train" in found:
        if found["n_train"].shape != () or found["n_train"].dtype.kind not in "iu":
            raise ParameterError(f"task: {path}, array n_train: one whole number is needed")
        found["n_train"] = int(found["n_train"])
    for name, kinds, wanted in (
        ("order", "iu", "whole numbers"), *((name, "U", "texts") for name in ("names", "inputs", "outputs")),
    ):  # fmt: skip
        if name in found:
            if found[name].ndim != 1 or found[name].dtype.kind not in kinds:
                raise ParameterError(f"task: {path}, array {name}: a list of {wanted} is needed")
            found[name] = found[name].tolist()
    return _task(str(path), **found)


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of the arrays of an .npz file, from their headers alone."""
    formats = np.lib.format
    read_header = {(1, 0): formats.read_array_header_1_0, (2, 0): formats.read_array_header_2_0}
    shapes = {}
    with npz.reading(_unreadable(path)), zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as file:
                version = formats.read_magic(file)
                if version not in read_header:
                    raise ValueError(f"array {name} has the format {version}")
                shape, _, dtype = read_header[version](file)
                if dtype.hasobject:
                    raise ValueError(f"array {name} holds Python objects, which are not read")
                shapes[name.removesuffix(".npy")] = shape
    return shapes


def _unreadable(path: Path) -> str:
    return f"task: {path} cannot be read"
