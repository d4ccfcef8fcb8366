"""No text makes a pattern try its letters in more ways than there are letters."""

from __future__ import annotations

import pytest

from .confined import confined

GUARD = "from workbench.loaders.guard import check_file"
DETECT = "from workbench.loaders.detection import detect"
PAGES = "from workbench.loaders.paging import _next_link"


@pytest.mark.parametrize(
    ("before", "call", "content", "told"),
    [
        # A server's answer of 300 bytes: comments before nothing.
        (GUARD, "check_file(Path(sys.argv[1]))", b"<!---->" * 400 + b"x", "no error"),
        (GUARD, "check_file(Path(sys.argv[1]))", b"<?xml ?>" * 400 + b"x", "no error"),
        # A quote left open before megabytes of blanks, which are separators too.
        (GUARD, "check_file(Path(sys.argv[1]))", b'a;b\n"' + b"\t" * 5_000_000, "TextRefused"),
        (GUARD, "check_file(Path(sys.argv[1]))", b'a;b\n"' + b"; " * 3_000_000, "TextRefused"),
        (GUARD, "check_file(Path(sys.argv[1]))", b'a;b\n"' + b';""' * 2_000_000, "TextRefused"),
        (DETECT, "detect(Path(sys.argv[1]))", b"a;b\n" + b"1" * 60_000 + b"x;2\n", "no error"),
        (DETECT, "detect(Path(sys.argv[1]))", b"a;b\n" + b'"x""\n' * 20_000, "no error"),
        (PAGES, "_next_link(Path(sys.argv[1]).read_text())", b"<>;" * 20_000, "no error"),
        (PAGES, "_next_link(Path(sys.argv[1]).read_text())", b"<a>" + b"; " * 30_000, "no error"),
    ],
)
def test_it_is_read_in_seconds(tmp_path, before, call, content, told):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    ended = confined(before, call, path)
    assert ended.told.startswith(told), ended.told
    assert ended.seconds < 20
