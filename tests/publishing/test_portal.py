"""A portal gets each file once and whole, however it fails; nothing is sent unless asked."""

from __future__ import annotations

import itertools
import logging
import traceback
from collections import Counter

import pytest

from workbench.core.errors import PortalRefused, PortalUnreachable, PublicationInvalid
from workbench.disclosure.released import release_open
from workbench.publishing.portal.client import Client, Patience
from workbench.publishing.portal.local import read_publication
from workbench.publishing.portal.push import Memory, push
from workbench.publishing.portal.token import VARIABLE, Token, find_token
from workbench.publishing.publish import publish

from .fake_portal import TOKEN, running
from .kinds import ABOUT, tiny_table


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Publish the tiny table."""
    made = tmp_path_factory.mktemp("portal") / "out"
    publish(release_open(tiny_table()), made, about={**ABOUT, "key": ["code"]})
    return made


@pytest.fixture
def local(folder):
    """Read it back, as it is sent."""
    return read_publication(folder, lang="fr")


@pytest.fixture
def portal():
    """Run a portal; give its address and its state."""
    with running() as (url, state):
        yield url, state


class Waits(list):
    """Note the pauses instead of taking them."""

    def __call__(self, seconds):
        self.append(seconds)


def asking(url, *, token=TOKEN, **patience):
    """Make a client that does not wait."""
    given = {"sleep": Waits(), "seconds": 5.0, **patience}
    return Client(url, Token(token) if token else None, Patience(**given))


def held(state, local):
    """Check that the portal holds each file once, whole and described."""
    (dataset,) = state.datasets.values()
    kept = {each["extras"].get("workbench:name"): each for each in dataset["resources"]}
    assert len(dataset["resources"]) == len(kept) == len(local.files)
    for file in local.files:
        assert kept[file.name]["content"] == file.path.read_bytes()
        assert kept[file.name]["title"] == file.title
        assert kept[file.name]["type"] == ("main" if file.is_data else "documentation")
    assert dataset["title"] == "Logements des quartiers"
    assert dataset["license"] == "lov2"
    return dataset


def test_nothing_is_sent_unless_asked(local, portal):
    url, state = portal
    done = push(local, asking(url))
    assert (done.done, done.dataset) == (False, "")
    assert Counter(each.verb for each in done.steps) == {"create": 1, "upload": len(local.files)}
    assert state.sent() == []


def test_without_a_key_the_portal_is_not_even_read(local, portal):
    url, state = portal
    assert not push(local, asking(url, token="")).done
    assert state.asked == []


def test_a_push_sends_every_file_but_pages(local, portal):
    url, state = portal
    done = push(local, asking(url), really=True)
    dataset = held(state, local)
    assert done.dataset == dataset["id"]
    assert sorted(file.name for file in local.files) == [
        "croissant.json",
        "datapackage.json",
        "disclosure.json",
        "homes-of-quarters.csv",
        "homes-of-quarters.csv-metadata.json",
        "homes-of-quarters.parquet",
        "publication.ipynb",
    ]


def test_a_second_push_sends_nothing(local, portal):
    url, state = portal
    push(local, asking(url), really=True)
    before = len(state.sent())
    done = push(local, asking(url), really=True)
    assert Counter(each.verb for each in done.steps) == {"keep": 1 + len(local.files)}
    assert len(state.sent()) == before


def test_a_new_edition_replaces_what_changed_in_place(tmp_path, local, portal):
    url, state = portal
    push(local, asking(url), really=True)
    places = {each["id"] for each in next(iter(state.datasets.values()))["resources"]}
    frame = tiny_table().assign(homes=[6, 0, 12])
    publish(release_open(frame), tmp_path / "out", about={**ABOUT, "key": ["code"]})
    later = read_publication(tmp_path / "out", lang="fr")
    done = push(later, asking(url), really=True)
    dataset = held(state, later)
    assert {each["id"] for each in dataset["resources"]} == places
    assert {step.name for step in done.steps if step.verb == "keep"} >= {"disclosure.json"}


FAULTS = ("429", "429:3", "503", "502", "504", "500", "408", "slow", "cut", "lost")
PLACES = (
    ("GET", r"/me/"),
    ("GET", r"/datasets/$"),
    ("POST", r"/datasets/$"),
    ("POST", r"/upload/$"),
    ("PUT", r"/resources/"),
)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: " ".join(place))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_leaves_no_trace(local, portal, fault, place):
    """Whichever request it falls on: no file is lacking, halved or there twice."""
    url, state = portal
    state.fail(fault, *place)
    push(local, asking(url, seconds=0.3 if fault == "slow" else 5.0), really=True)
    assert state.faults == []
    held(state, local)


@pytest.mark.parametrize("fault", ["half", "gone"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_half_upload_is_sent_again_in_its_place(local, portal, fault, times):
    url, state = portal
    for _ in range(times):
        state.fail(fault, "POST", r"/upload/$")
    push(local, asking(url), really=True)
    assert state.faults == []
    held(state, local)


def test_a_file_that_is_never_kept_whole_ends_the_push(local, portal):
    url, state = portal
    for _ in range(5):
        state.fail("half", "POST", r"/upload/$")
    with pytest.raises(PortalUnreachable, match=r"does not keep .* whole"):
        push(local, asking(url), really=True)
    push(local, asking(url), really=True)
    held(state, local)


@pytest.mark.parametrize("stop", range(1, 16, 2))
def test_a_push_that_was_stopped_goes_on_where_it_stopped(tmp_path, local, portal, stop):
    """Killed after any request: the portal may not even list the data set that it began."""
    url, state = portal
    state.lists_empty = False
    memory = Memory(tmp_path / "state" / "portals.json")

    class Killed(Exception):
        pass

    client, asked = asking(url), itertools.count(1)
    ask = client._ask

    def stops(*words):
        if next(asked) > stop:
            raise Killed
        return ask(*words)

    client._ask = stops
    with pytest.raises(Killed):
        push(local, client, really=True, memory=memory)
    push(local, asking(url), really=True, memory=memory)
    held(state, local)


def test_a_creation_whose_answer_is_lost_is_not_made_twice(local, portal):
    url, state = portal
    state.fail("lost", "POST", r"/datasets/$")
    push(local, asking(url), really=True)
    assert len(state.datasets) == 1


def test_a_file_that_is_there_twice_is_left_once(local, portal):
    url, state = portal
    push(local, asking(url), really=True)
    (dataset,) = state.datasets.values()
    twin = {**dataset["resources"][0], "id": "twin"}
    dataset["resources"].append(twin)
    done = push(local, asking(url), really=True)
    assert Counter(each.verb for each in done.steps)["remove"] == 1
    held(state, local)


def test_what_others_put_there_stays(local, portal):
    url, state = portal
    push(local, asking(url), really=True)
    (dataset,) = state.datasets.values()
    dataset["resources"].append({**state.resource("theirs.pdf", b"pdf"), "id": "theirs"})
    done = push(local, asking(url), really=True)
    assert [(s.verb, s.name) for s in done.steps if s.verb != "keep"] == [("leave", "theirs.pdf")]
    assert "theirs" in {each["id"] for each in dataset["resources"]}


def test_the_data_set_of_an_organisation_is_found_on_a_later_page(local, portal):
    url, state = portal
    for place in range(250):
        name = f"other-{place}"
        state.datasets[name] = {"id": name, "title": name, "extras": {}, "resources": []}
    push(local, asking(url), really=True, organization="org-1")
    push(local, asking(url), really=True, organization="org-1")
    assert len(state.datasets) == 251


def test_a_data_set_may_be_named(local, portal):
    url, state = portal
    state.datasets["mine"] = {"id": "mine", "title": "x", "extras": {}, "resources": []}
    assert push(local, asking(url), really=True, dataset="mine").dataset == "mine"
    held(state, local)
    with pytest.raises(PortalRefused, match=r"status 404.*there is nothing there"):
        push(local, asking(url), really=True, dataset="none")


@pytest.mark.parametrize("checksum", ["sha1", "sha256"])
def test_either_digest_of_the_portal_will_do(local, portal, checksum):
    url, state = portal
    state.checksum = checksum
    state.fail("half", "POST", r"/upload/$")
    push(local, asking(url), really=True)
    held(state, local)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("401", "the key is missing, wrong or no longer valid"),
        ("403", "the key does not allow it"),
        ("400", r'it refuses what is sent.*It says: \{"message": "no"\}'),
        ("413", "larger than the portal takes"),
        ("410", "was deleted"),
        ("leads", "it leads elsewhere"),
        ("html", "does not answer JSON"),
    ],
)
def test_a_refusal_is_told_at_once(local, portal, fault, said):
    url, state = portal
    state.fail(fault, "POST", r"/datasets/$")
    client = asking(url)
    with pytest.raises(PortalRefused, match=said):
        push(local, client, really=True)
    assert len(state.sent("POST")) == 1
    assert client.patience.sleep == []


def test_a_portal_that_stays_busy_is_left_after_some_attempts(local, portal):
    url, state = portal
    for _ in range(9):
        state.fail("503", "GET")
    client = asking(url)
    with pytest.raises(PortalUnreachable, match=r"status 503, 5 attempts.*Run the same command"):
        push(local, client, really=True)
    assert client.patience.sleep == [1.0, 2.0, 4.0, 8.0]


def test_the_pause_is_the_one_that_the_portal_asks_for(local, portal):
    url, state = portal
    state.fail("429:7", "GET")
    client = asking(url)
    push(local, client)
    assert client.patience.sleep == [7.0]


def test_a_portal_that_asks_to_come_back_much_later_is_left(local, portal):
    url, state = portal
    state.fail("429:86400", "GET")
    with pytest.raises(PortalUnreachable, match="asks to wait 86400 s"):
        push(local, asking(url), really=True)


def test_a_portal_that_is_not_there_is_told(local):
    with pytest.raises(PortalUnreachable, match="did not answer GET /me/"):
        push(local, asking("http://127.0.0.1:9", attempts=2), really=True)


def test_a_wrong_key_is_never_shown(local, portal, caplog):
    """Not in the message, though the server sends it back, nor in a traceback, nor in a log."""
    url, _ = portal
    wrong = "wr0ng-key-that-nobody-sees"
    caplog.set_level(logging.DEBUG)
    client = asking(url, token=wrong)
    with pytest.raises(PortalRefused, match=r"Invalid API Key \*\*\*") as caught:
        push(local, client, really=True)
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(client)
    assert wrong not in shown


def test_the_key_goes_to_the_portal_alone(local, portal):
    url, state = portal
    state.fail("leads", "GET")
    with pytest.raises(PortalRefused, match="leads elsewhere"):
        push(local, asking(url), really=True)
    assert len(state.asked) == 1


@pytest.mark.parametrize(
    "url", ["http://portal.example.org", "ftp://a.example.org", "portal", "https://me:pw@a.org"]
)
def test_an_address_that_would_give_the_key_away_is_refused(url):
    with pytest.raises(PortalRefused, match=r"in the clear|is no address"):
        Client(url, Token("x"))


def test_the_key_comes_from_the_environment():
    assert find_token("portal.example.org", {VARIABLE: " abc \n"}) == Token("abc")
    assert repr(find_token("portal.example.org", {VARIABLE: "abc"})) == "Token(***)"
    with pytest.raises(PortalRefused, match="holds a space"):
        find_token("portal.example.org", {VARIABLE: "a b"})


def test_a_file_that_changed_since_is_not_sent(tmp_path):
    publish(release_open(tiny_table()), tmp_path / "out", about=ABOUT)
    with (tmp_path / "out" / "homes-of-quarters.csv").open("a", encoding="utf-8") as stream:
        stream.write("secret,1\n")
    with pytest.raises(PublicationInvalid, match="has changed since it was published"):
        read_publication(tmp_path / "out", lang="fr")


def test_a_folder_that_is_no_publication_is_refused(tmp_path):
    with pytest.raises(PublicationInvalid, match=r"has no datapackage\.json"):
        read_publication(tmp_path, lang="fr")
