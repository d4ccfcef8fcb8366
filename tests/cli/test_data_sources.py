"""The commands of data tell each source of the catalogue, in each language, to the last word."""

from __future__ import annotations

import re

import pytest

from workbench.core.i18n import Messages

from ..loaders.published import Published
from ..loaders.samples import SAMPLES
from ..loaders.server import serving

FRENCH, ENGLISH = Messages("fr"), Messages("en")
# What is written alike in both languages, and a word of France that English keeps.
SAME = {"arrondissements"} | {
    FRENCH(each)
    for each in FRENCH.entries
    if each.startswith(("sources.", "dialect."))
    and not FRENCH.entries[each].placeholders
    and FRENCH(each) == ENGLISH(each)
}
# Small words of a language that the other has not, in sentences of any length.
WORDS = {
    "fr": r"the|of|is|are|and|which|given|such|says|said|with|this|that|there|from|missing|not|row",
    "en": r"le|les|des|du|est|une|aucun|aucune|ligne|colonne|fichier|selon|dont|avec|où|et|celui",
}
READ = {"fr": "Lu ainsi", "en": "Read so"}


@pytest.fixture
def published(monkeypatch, tmp_path):
    """Give the sources of the catalogue on a server of this machine, and a cache of the test."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    with serving() as server:
        yield Published(server, monkeypatch)


@pytest.fixture
def words(published):
    """Give the words that ask for the sample of a source."""

    def asked(name):
        found = published.put(name)
        reach = [found.what, "--allow", "127.0.0.1"]
        for key, value in found.values.items():
            reach += ["--set", f"{key}={value}"]
        return [*reach, "--as", found.source] if found.source else reach

    return asked


def options_of(name):
    """Write the options of a sample as words of a command."""
    return [
        word for key, value in SAMPLES[name].options.items() for word in ("-o", f"{key}={value}")
    ]


def names(lines):
    """Return what is written on the left of facts."""
    return [found[0] for line in lines if (found := re.match(r"\S+(?: \S+)*", line))]


def foreign(text, lang):
    """Return the words that are of the other language, addresses and names of files aside."""
    bare = re.sub(r"https?://\S+|\S*[._/-]\S*|“[^”]*”|«[^»]*»|'[^']*'", " ", text)
    return re.findall(rf"\b(?:{WORDS[lang]})\b", bare, re.IGNORECASE)


def told(workbench, name, lang, *words):
    """Run a command in a language; return its lines, once it has ended well."""
    ended = workbench("data", *words, "--lang", lang)
    assert (ended.code, ended.err) == (0, ""), (words, ended.err)
    return ended.out.splitlines()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_source_is_told_in_each_language(workbench, published, name):
    french, english = (told(workbench, name, lang, "show", name) for lang in ("fr", "en"))
    assert set(names(french[1:])) & set(names(english[1:])) <= SAME
    assert foreign("\n".join(french), "fr") == []
    assert foreign("\n".join(english), "en") == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_fetched_shown_and_checked_in_each_language(workbench, words, name):
    reach, options = words(name), options_of(name)
    left = {}
    for lang in ("fr", "en"):
        fetched = told(workbench, name, lang, "fetch", *reach)
        shown = told(workbench, name, lang, "preview", *reach, *options, "--rows", "2")
        checked = told(workbench, name, lang, "check", *reach, *options)
        at = shown.index(READ[lang])
        assert shown[:at], "no row is shown"
        assert (
            not any(re.search(r"\((missing|suppressed)\)", each) for each in shown) or lang == "en"
        )
        left[lang] = {*names(fetched[1:]), *names(shown[at + 1 :])}
        facts = [re.sub(r"^\S+(?: \S+)*", "", each) for each in shown[at + 1 :]]
        # The evidence, which quotes the file, is told in English only.
        told_of = fetched[1:] + checked + (facts if lang == "fr" else [])
        assert foreign("\n".join(told_of), lang) == []
    assert left["fr"] & left["en"] <= SAME


@pytest.mark.parametrize("name", SAMPLES)
def test_a_source_is_found_by_the_words_of_its_title(workbench, published, name):
    for lang in ("fr", "en"):
        title = published.sources[name].title[lang]
        lines = told(workbench, name, lang, "search", *re.findall(r"[\w'’-]+", title))
        assert any(line.split()[0] == name for line in lines[1:])
        assert lines[0].split() == [
            Messages(lang)(f"sources.{each}") for each in ("source", "title", "producer", "theme")
        ]


def test_what_producers_are_is_told_in_each_language(workbench):
    french, english = ("\n".join(told(workbench, "", lang, "list")) for lang in ("fr", "en"))
    assert "Collectivités territoriales" in french
    assert "Local authorities" in english
    assert "Collectivités" not in english
    assert "Déplacements" in french
    assert "Transport" in english
