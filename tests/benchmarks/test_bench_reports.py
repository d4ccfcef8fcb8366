"""The benchmark of report making counts all that is used, and compares equal reports only."""

from __future__ import annotations

import base64
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode, v4

from .agreement import check_agreement, check_page, check_same
from .bars import Bar
from .bench_reports import CHARTS, Cost, Size, print_costs, time_contenders
from .contenders import ENGINE, FORKED, LIMIT, Asked, Commands, Contender
from .long_runs import growths
from .measuring import Memory, Sample, measure

# A process that ends at once, and leaves a child that works for a fifth of a second.
ORPHAN = """
import os, time
if os.fork() == 0:
    while time.process_time() < 0.2:
        pass
"""


def executed(*outputs: NotebookNode) -> NotebookNode:
    """Make a notebook whose only cell has these outputs."""
    return v4.new_notebook(cells=[v4.new_code_cell("1", outputs=list(outputs))])


def displayed(**data: str) -> NotebookNode:
    """Make the output of a display."""
    kinds = {name.replace("_", "/"): content for name, content in data.items()}
    return v4.new_output("display_data", data=kinds)


def test_the_template_has_eighteen_cells() -> None:
    assert len(nbformat.read(CHARTS, as_version=4).cells) == 18


def test_contenders_show_the_same_table_and_pictures(tmp_path: Path) -> None:
    asked = Asked(CHARTS, "departement", ["2A"], tmp_path)
    shown = check_agreement(asked, [LIMIT, FORKED], reference=ENGINE)
    assert shown[0] == ("stdout", "34969 communes, 30 columns\n")
    assert [kind for kind, _ in shown].count("image/png") == 3


@pytest.mark.parametrize(
    ("contender", "asked_for"),
    [
        (Contender("ours", lambda asked: []), [6, 4, 6, 4]),
        (Contender("slow", lambda asked: [], slow=True), [3, 1]),
        (Contender("slow, anew", lambda asked: [], slow=True, anew=True), [3]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_first_reports_are_taken_from_more(contender: Contender, asked_for: list[int]) -> None:
    counts = []

    def commands(asked: Asked) -> Commands:
        counts.append(len(asked.codes))
        return [["true"]]

    size = Size(many=6, few=3, repeats=2, slow_repeats=1)
    time_contenders(CHARTS, "departement", [replace(contender, commands=commands)], size)
    assert counts == asked_for


def test_each_contender_is_printed_beside_ours(capsys: pytest.CaptureFixture[str]) -> None:
    limit = [Cost(0.5, 0.6, 2.0), Cost(0.7, 0.6, 2.0), Cost(0.4, 0.6, 2.0)]
    print_costs({LIMIT: limit, FORKED: [Cost(1.0, 1.5, 4.0)]})
    _, first, second = capsys.readouterr().out.splitlines()
    assert first == (
        "the limit: the same code, a warm function            0.500  0.400–0.700    0.50"
        "             0.600                 2.000    0.50"
    )
    assert second.split()[2:] == ["1.000", "1.000–1.000", "1.00", "1.500", "4.000", "1.00"]


def test_outputs_that_differ_stop_the_benchmark() -> None:
    with pytest.raises(SystemExit, match=r"Output 0 differs: \('stdout', '1'\)"):
        check_same([("stdout", "1")], [("stdout", "2")])
    with pytest.raises(SystemExit, match="Expected 1 outputs, found 0"):
        check_same([("stdout", "1")], [])


def test_a_page_without_the_picture_stops_the_benchmark() -> None:
    picture = base64.b64encode(b"picture").decode()
    notebook = executed(displayed(image_png=picture))
    check_page(f'<img src="data:image/png;base64,{picture}">', notebook)
    with pytest.raises(SystemExit, match="holds 0 pictures, not the 1 expected"):
        check_page("<p>picture</p>", notebook)


def test_a_page_without_a_text_stops_the_benchmark() -> None:
    notebook = executed(displayed(text_html="<td>1&nbsp;&lt;&nbsp;2</td>"))
    check_page("<p>1 &lt; 2</p>", notebook)
    with pytest.raises(SystemExit, match="The page lacks"):
        check_page("<script>1 < 2</script>", notebook)


def test_the_work_of_an_orphan_is_counted() -> None:
    assert measure([[sys.executable, "-c", ORPHAN]]).cpu >= 0.2


def test_a_command_that_fails_stops_the_benchmark() -> None:
    with pytest.raises(SystemExit, match=r"ended with 3:\nno disk"):
        measure([["sh", "-c", "echo no disk >&2; exit 3"]])


def test_memory_is_sampled_with_the_pages_written(tmp_path: Path) -> None:
    (tmp_path / "59.html").touch()
    command = "import os, time; os.fork(); time.sleep(1.5)"
    sample = measure([[sys.executable, "-c", command]], pages=tmp_path).samples[0]
    parent, child = sample.processes
    assert (sample.pages, child.parent) == (1, parent.pid)
    assert 0 < child.pss < child.rss


def test_growth_is_that_of_processes_that_stay() -> None:
    def sample(pages: int, child: int, rss: int) -> Sample:
        main = Memory(2, parent=1, rss=50, pss=50)
        warm = Memory(3, parent=2, rss=rss, pss=rss)
        return Sample(pages, (main, warm, Memory(child, parent=3, rss=9, pss=9)))

    samples = [sample(5, 10, 70), sample(20, 11, 80), sample(30, 12, 84), sample(40, 13, 99)]
    found = growths(samples, settled=10, reports=40)
    assert [(growth.early.pid, growth.rss, growth.forks) for growth in found] == [
        (2, 0, False),
        (3, 4, True),
    ]
    with pytest.raises(SystemExit, match="1 samples after 25 reports"):
        growths(samples, settled=25, reports=40)


@pytest.mark.parametrize(
    ("bar", "met"), [(Bar("", 10.0, "≥", 10), True), (Bar("", 1.16, "≤", 1.15), False)]
)
def test_a_bar_is_met_or_not(bar: Bar, met: bool) -> None:
    assert bar.met is met
