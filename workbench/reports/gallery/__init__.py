"""The gallery of a folder of reports: what it lists, its lists, its search index, its pages."""

from workbench.reports.gallery.entries import GalleryEntry, Holder, sort_key
from workbench.reports.gallery.lists import Contents, ReportList
from workbench.reports.gallery.pages import render_gallery, render_list, write_gallery
from workbench.reports.gallery.places import entries_of
from workbench.reports.gallery.search import search_index

__all__ = [
    "Contents",
    "GalleryEntry",
    "Holder",
    "ReportList",
    "entries_of",
    "render_gallery",
    "render_list",
    "search_index",
    "sort_key",
    "write_gallery",
]
