"""Tables for notebooks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

_CELL = "padding: .2em .8em .2em 0; text-align: left; vertical-align: top"


def table(head: Sequence[str], rows: Sequence[Sequence[object]], marked: Collection[int] = ()) -> str:
    """A table in HTML; what is in it is text. Rows whose numbers are `marked` are bold."""
    names = "".join(f'<th style="{_CELL}">{escape(name)}</th>' for name in head)
    lines = ["<table>", f"<thead><tr>{names}</tr></thead>", "<tbody>"]
    for number, row in enumerate(rows):
        style = f"{_CELL}; font-weight: bold" if number in marked else _CELL
        lines.append("<tr>" + "".join(f'<td style="{style}">{escape(str(cell))}</td>' for cell in row) + "</tr>")
    return "\n".join([*lines, "</tbody>", "</table>"])
