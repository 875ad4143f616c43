"""Tables for notebooks: as pandas frames where pandas is installed, and as HTML."""

from __future__ import annotations

import html as text
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import not_installed

_MOST_ROWS = 60


def pandas(columns: Mapping[str, np.ndarray]) -> Any:
    """A table as a pandas.DataFrame.

    Raises
    ------
    RunError
        Without pandas.
    """
    try:
        from pandas import DataFrame
    except ImportError:
        raise not_installed("a frame", "pandas", "vary") from None
    return DataFrame({name: column.tolist() for name, column in columns.items()})


def html(columns: Mapping[str, np.ndarray]) -> str:
    """A table as HTML; of a long one, its first rows."""
    rows = list(zip(*(column.tolist() for column in columns.values()), strict=True))
    head = "".join(f"<th>{text.escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{text.escape(_shown(value))}</td>" for value in row) + "</tr>"
        for row in rows[:_MOST_ROWS]
    )
    more = f"<p>and {len(rows) - _MOST_ROWS} rows more</p>" if len(rows) > _MOST_ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _shown(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return "" if value != value else f"{value:.4g}"
