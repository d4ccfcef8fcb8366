"""Pages written from templates: how values get in them, and the style that they share."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, FileSystemLoader

from workbench.reports.assets import Assets, templates_folder

__all__ = ["html_environment", "style_with"]


def html_environment(*folders: str) -> Environment:
    """Return what renders the templates of some folders, the first first; values are escaped."""
    return Environment(
        loader=FileSystemLoader([templates_folder() / each for each in folders]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=4)
def style_with(own: str) -> str:
    """Return the style of reports, then that of a file of the templates (``check/check.css``)."""
    added = (templates_folder() / own).read_text("utf-8")
    return "".join(asset.text for asset in Assets.standalone().styles) + added
