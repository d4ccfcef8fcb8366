"""What holds for each kind of figure: accessible, escaped, deterministic, readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workbench.figures import Figure, FigureError, stylesheet

from .drawings import EVERY, EVIL, SVG, boxes, overlaps, parse

each = pytest.mark.parametrize("kind", EVERY)


@each
def test_names_itself_by_title_and_finding(kind: str) -> None:
    """The root is labelled by its title and its description, which are not empty."""
    figure = EVERY[kind]()
    root = parse(figure)
    named = {
        node.get("id"): node.text for node in root if node.tag in (f"{SVG}title", f"{SVG}desc")
    }
    assert root.get("aria-labelledby") == f"{kind}-t {kind}-d"
    assert named == {f"{kind}-t": figure.title, f"{kind}-d": figure.alternative}
    assert figure.alternative.strip()


@each
def test_is_an_image_unless_it_holds_links(kind: str) -> None:
    """A map with links is a group: the links of an image would be hidden from a reader."""
    assert parse(EVERY[kind]()).get("role") == ("group" if kind == "map" else "img")


def test_map_without_links_is_an_image() -> None:
    assert parse(EVERY["map"](link=None)).get("role") == "img"


@each
def test_text_from_data_never_becomes_markup(kind: str) -> None:
    """A territory named <script> is printed, not run, in the drawing and in its table."""
    figure = EVERY[kind](name=EVIL)
    page = figure._repr_html_()
    assert "<script" not in page.lower()
    assert "&lt;script&gt;" in page
    assert not any(node.tag.endswith("script") for node in parse(figure).iter())


@each
def test_control_characters_leave_the_xml_readable(kind: str) -> None:
    assert "\ufffd" in "".join(parse(EVERY[kind](name="Li\x00\x0blle")).itertext())


@each
def test_passes_a_strict_content_security_policy(kind: str) -> None:
    """No style attribute, no handler, no address but the page's own fragments and links."""
    allowed = {"59.html"}
    for node in parse(EVERY[kind]()).iter():
        assert node.tag not in (f"{SVG}style", f"{SVG}script", f"{SVG}image", f"{SVG}use")
        for name, value in node.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            assert "http" not in value
            if name.endswith("href"):
                assert value in allowed
            if "url(" in value:
                assert re.fullmatch(r"url\(#[\w-]+\)", value)


@each
def test_identifiers_start_with_the_key_and_are_used(kind: str) -> None:
    """Two figures of a page never share an identifier, and each reference has its target."""
    one, other = EVERY[kind](key="a"), EVERY[kind](key="b")
    ids = [[node.get("id") for node in parse(f).iter() if node.get("id")] for f in (one, other)]
    assert len(set(ids[0])) == len(ids[0])
    assert not set(ids[0]) & set(ids[1])
    assert set(re.findall(r"url\(#([\w-]+)\)", one.svg)) <= set(ids[0])


@each
def test_same_values_give_the_same_bytes(kind: str) -> None:
    assert EVERY[kind]() == EVERY[kind]()


@each
def test_no_text_covers_another_or_leaves_the_drawing(kind: str) -> None:
    figure = EVERY[kind]()
    _, _, width, height = map(float, parse(figure).get("viewBox", "").split())
    assert overlaps(figure) == []
    for said, left, top, right, bottom in boxes(figure):
        assert left >= -1, said
        assert right <= width + 1, said
        assert top >= -1, said
        assert bottom <= height + 2, said


@each
def test_each_class_is_in_the_style_sheet(kind: str) -> None:
    used = set(
        re.findall(
            r"wb-[\w-]+", " ".join(re.findall(r'class="([^"]*)"', EVERY[kind]()._repr_html_()))
        )
    )
    known = set(re.findall(r"\.(wb-[\w-]+)", stylesheet()))
    assert used <= known


@each
def test_says_the_same_as_rows(kind: str) -> None:
    """The equivalent table has a heading row and rows of the same length."""
    figure = EVERY[kind]()
    assert len(figure.data) > 1
    assert len({len(row) for row in figure.data}) == 1
    assert f"<summary>{figure.data_label}</summary>" in figure._repr_html_()


@each
def test_weighs_little(kind: str) -> None:
    assert len(EVERY[kind]().svg) < 6_500


def test_needs_a_finding() -> None:
    with pytest.raises(FigureError, match="no alternative: expected its finding"):
        Figure("<svg/>", "Population", " ", key="p")


def test_needs_a_usable_key() -> None:
    with pytest.raises(FigureError, match="'1 2' is not usable as an identifier"):
        EVERY["line"](key="1 2")


def test_caption_follows_the_title_in_html() -> None:
    figure = Figure("<svg/>", "Population", "It grows.", "Source: <Insee>", key="p")
    assert "<strong>Population</strong><span>Source: &lt;Insee&gt;</span>" in figure.html()


def test_saved_drawing_stands_alone_and_leaves_nothing_else(tmp_path: Path) -> None:
    """The file is the SVG with its declaration, and no temporary file stays."""
    figure = EVERY["line"]()
    written = figure.save(tmp_path / "line.svg").read_text(encoding="utf-8")
    assert written == f'<?xml version="1.0" encoding="UTF-8"?>\n{figure.svg}\n'
    assert [path.name for path in tmp_path.iterdir()] == ["line.svg"]


def test_failed_save_keeps_the_previous_file(tmp_path: Path) -> None:
    """A text that cannot be written leaves the old figure whole and no temporary file."""
    kept = tmp_path / "line.svg"
    kept.write_text("before", encoding="utf-8")
    broken = Figure("<svg>\ud800</svg>", "t", "a", key="p")
    with pytest.raises(UnicodeEncodeError, match="surrogates"):
        broken.save(kept)
    assert kept.read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["line.svg"]
