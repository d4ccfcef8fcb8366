"""The catalogue of messages is complete, coherent, and refuses what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import DeclarationError, ParameterError, UnknownName
from workbench.core.i18n import LANGUAGES, Message, Messages, catalogue, read_catalogue, translate


def read(tmp_path: Path, text: str) -> dict[str, Message]:
    """Read a catalogue of one file, ``page.yml``."""
    (tmp_path / "page.yml").write_text(text, "utf-8")
    return dict(read_catalogue(tmp_path))


def test_every_message_speaks_every_language() -> None:
    messages = catalogue().values()
    assert len(messages) > 50
    assert [m.id for m in messages if m.texts.keys() != LANGUAGES.keys()] == []


def test_no_message_has_double_or_outer_spaces() -> None:
    texts = [
        (message.id, text)
        for message in catalogue().values()
        for forms in message.texts.values()
        for text in forms.values()
    ]
    assert [pair for pair in texts if "  " in pair[1] or pair[1] != pair[1].strip()] == []


def test_plural_forms_are_those_of_the_language(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'found:\n  fr: {one: "{count} commune", other: "{count} communes"}\n'
        '  en: {one: "{count} commune", other: "{count} communes"}\n',
    )
    french, english = Messages("fr", found), Messages("en", found)
    assert french("page.found", count=0) == "0 commune"
    assert english("page.found", count=0) == "0 communes"
    assert french("page.found", count=34969) == "34\u202f969 communes"
    assert english("page.found", count=1) == "1 commune"


def test_forms_can_be_asked_for(tmp_path: Path) -> None:
    entries = read(tmp_path, "zero: {fr: {m: nul, f: nulle}, en: zero}")
    assert Messages("fr", entries)("page.zero", form="f") == "nulle"
    with pytest.raises(UnknownName, match=r"'page.zero' has no form 'x'; choose from: f, m"):
        Messages("fr", entries)("page.zero", form="x")


def test_values_go_in_as_they_are(tmp_path: Path) -> None:
    entries = read(tmp_path, 'in: {fr: "en {year}", en: "in {year}"}')
    assert Messages("fr", entries)("page.in", year=2021) == "en 2021"
    assert Messages("en", entries)("page.in", year="{odd}") == "in {odd}"


def test_typography_is_put_in_when_read(tmp_path: Path) -> None:
    entries = read(tmp_path, "a: {fr: \"L'an : {x} %\", en: 'Year: {x}%'}")
    assert Messages("fr", entries)("page.a", x=3) == "L’an\u00a0: 3\u202f%"


def test_an_unknown_message_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"nearest: figures.absent_missing"):
        translate("figures.absent_mising", "fr")


@pytest.mark.parametrize("values", [{}, {"phrase": "x"}, {"phrase": "x", "value": "y", "z": "z"}])
def test_values_are_exactly_the_placeholders(values: dict[str, str]) -> None:
    expected = r"given \[.*\] and has the placeholders \['phrase', 'value'\]"
    with pytest.raises(ParameterError, match=expected):
        translate("narrative.level", "fr", **values)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("a: {fr: un}", r"'page.a' has \['fr'\], where \['en', 'fr'\] are expected"),
        ("a: {fr: un, en: one, de: eins}", r"has \['de', 'en', 'fr'\]"),
        ("a: un", "'page.a' has un, where"),
        ('a: {fr: "{x}", en: "{y}"}', r"different placeholders by language \(en: \['y'\], fr"),
        ("a: {fr: 1, en: one}", "page.a', fr: 1 is no text; put it between quotes"),
        ("a: {fr: no, en: one}", "page.a', fr: False is no text"),
        ('a: {fr: "{x.y}", en: "{x.y}"}', "{x.y} is no plain name"),
        ('a: {fr: "{x:>3}", en: "{x}"}', "{x} is no plain name"),
        ('a: {fr: "a } b", en: "b"}', "stray brace"),
        ("a: {fr: un, en: one}\na: {fr: un, en: one}", r"page.yml, line 1: \['a'\] written twice"),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path: Path, text: str, match: str) -> None:
    with pytest.raises(DeclarationError, match=match):
        read(tmp_path, text)


def test_two_folders_cannot_define_the_same_message(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.yml").write_text("a: {fr: un, en: one}", "utf-8")
    with pytest.raises(DeclarationError, match=r"'page.a' is already in the catalogue"):
        read_catalogue(tmp_path / "one", tmp_path / "two")


def test_messages_of_an_unknown_language_are_refused() -> None:
    with pytest.raises(UnknownName, match="'xx' is not spoken here"):
        Messages("xx")
