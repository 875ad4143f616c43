"""Pictures compared as pictures: what a reader would see, not the bytes that a drawing library happened to write."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import numpy as np
from matplotlib.image import imread

# Edges are drawn smooth: a pixel gets the part of it that a line covers, in 255 levels, blended into what is there. The
# place of the line is a sum of floats, whose last digit nobody promises. A pixel right between two levels then goes to
# the other one: once for its cover, once for its blend. A line moved by one pixel changes levels by a hundred.
MOST_LEVELS = 2


def levels(path: Path) -> np.ndarray:
    """The pixels of a PNG from 0 to 255, shape (height, width, channels)."""
    return np.rint(255 * imread(path)).astype(int)


def same_picture(one: Path, other: Path) -> None:
    """Assert that two PNGs show the same."""
    first, second = levels(one), levels(other)
    assert first.shape == second.shape, f"{one} is {first.shape[:2]}, {other} is {second.shape[:2]}"
    assert np.ptp(first) > 200, f"{one} is empty"
    differing = np.abs(first - second).max(axis=-1)
    assert differing.max() <= MOST_LEVELS, f"{np.sum(differing > MOST_LEVELS)} pixels of {one} and {other} differ"


def tokens(path: Path) -> list[bytes]:
    """The words and numbers of a PDF, those of its streams too, without what is counted in bytes."""
    content = path.read_bytes()
    words: list[bytes] = []
    for part in re.split(rb"(stream\r?\n.*?endstream)", content[: content.rindex(b"xref\n")], flags=re.DOTALL):
        if part.startswith(b"stream"):
            try:
                words += zlib.decompress(part.partition(b"\n")[2]).split()
            except zlib.error:
                words.append(part)
        else:
            words += re.sub(rb"/Length \d+|\d+ 0 (obj|R)", b"", part).split()
    return words


def same_drawing(one: Path, other: Path) -> None:
    """Assert that two PDFs draw the same: what `MOST_LEVELS` says of pictures holds of the places of lines."""
    first, second = tokens(one), tokens(other)
    assert len(first) == len(second) > 500, (one, len(first), len(second))
    for a, b in zip(first, second, strict=True):
        # A point is a 72nd of an inch.
        assert a == b or abs(float(a) - float(b)) < 1e-3, (one, a, b)
