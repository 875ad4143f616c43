"""Sphinx: the site of docs/, with the gallery executed while it is built (`make docs`)."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

project = "burstlab"
author = "The burstlab authors"
version = release = metadata.version("burstlab")
extensions = ["sphinx_gallery.gen_gallery"]
# The pages in Markdown are read where they are, with their links between files.
exclude_patterns = ["build", "experiments", "extending", "*.md", "gallery"]
html_theme = "alabaster"
html_title = "burstlab"


def figures(block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Keep the figures that an example has made since the last block; burstlab draws without pyplot."""
    kept = block_vars.setdefault("burstlab_kept", [])
    names = []
    for value in list(block_vars["example_globals"].values()):
        if isinstance(value, Figure) and not any(value is known for known in kept):
            kept.append(value)
            names.append(next(block_vars["image_path_iterator"]))
            value.savefig(names[-1], dpi=100, bbox_inches="tight")
    return figure_rst(names, gallery_conf["src_dir"])


sphinx_gallery_conf = {
    "examples_dirs": str(Path(__file__).parent / "gallery"),
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"/plot_",
    "image_scrapers": (figures,),
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "show_memory": False,
    "min_reported_time": 0,
}
suppress_warnings = ["config.cache"]  # the function above cannot be pickled
