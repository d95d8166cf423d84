import io
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from people import Bureau, at
from roster_files import HEADINGS, number, people, person, text
from songnuan.jobs.models import Job
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.people.models import Enrolment, ImportStatus, Person, Roster, RosterImport
from web.browsing import as_, on, trail_length
from web.roster_browsing import (
    WRONG,
    act,
    again,
    count,
    kept,
    messy,
    own_roster,
    read,
    see,
    stocked,
    unit_liaison,
    upload,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def roster(bureau: Bureau) -> str:
    """A roster of the bureau on which three people stand."""
    return stocked(bureau, people(1, 2, 3))


@pytest.fixture(autouse=True)
def _kept_nothing() -> Iterator[None]:
    yield
    for path in kept():
        path.unlink()


def cell(answer: Any, row: int, heading: str) -> Any:
    """Return a cell of the grid."""
    [found] = [
        one
        for grid in answer.context["grids"]
        for line in grid.rows
        if line.number == row
        for one in line.cells
        if one.label.endswith(heading)
    ]
    return found


# What it would do ----------------------------------------------------------------------------------


def test_the_figures_and_the_parts_say_what_would_happen(bureau: Bureau, roster: str) -> None:
    before = Person.objects.count()
    content = messy(person(1), person(2, 岗位="出纳"), person(11, 身份证号="1" * 17))
    source = read(bureau.officer, roster, content)
    page = see(bureau.officer, source)
    assert [figure.value for figure in page.context["tally"]] == [1, 1, 1, 1, 1]
    assert page.context["tab"] == "problems"
    joined = see(bureau.officer, source, "?show=joined").context["lines"]
    assert [(line.name, line.row, line.id_tail) for line in joined] == [(person(10)[1], 3, number(10)[-4:])]
    [changed] = see(bureau.officer, source, "?show=changed").context["lines"]
    assert changed.name == person(2)[1]
    assert [change[1:] for change in changed.changes] == [("会计", "出纳")]
    [left] = see(bureau.officer, source, "?show=left").context["lines"]
    assert left.name == person(3)[1]
    assert Person.objects.count() == before


def test_problems_stand_in_the_sheets_own_grid(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, messy(person(2, 身份证号=WRONG, 序号=77)))
    page = see(bureau.officer, source)
    [grid] = page.context["grids"]
    assert [head.letter for head in grid.heads] == list("ABCDEF")
    assert [head.heading for head in grid.heads] == HEADINGS
    assert (grid.header_row, [row.number for row in grid.rows]) == (2, [4])
    wrong = cell(page, 4, "身份证号")
    assert (wrong.text, wrong.field, wrong.label) == (WRONG, "id_number", "C 身份证号")
    assert len(wrong.marks) == 1
    assert cell(page, 4, "序号").text == "77"
    phone = cell(page, 4, "手机号")
    assert phone.text.endswith("0002")
    assert "19900000002" not in page.content.decode(), "what is in order stays hidden"
    assert wrong.marks[0] in page.content.decode()


def test_kinds_of_problems_can_be_chosen_and_pages_follow(bureau: Bureau, roster: str) -> None:
    rows = [person(place, 手机号="12") for place in range(20, 50)]
    source = read(bureau.officer, roster, messy(*rows, person(60, 身份证号="1" * 17)))
    first = see(bureau.officer, source)
    assert [kind.count for kind in first.context["kinds"]] == [31, 30, 1]
    second = see(bureau.officer, source, first.context["after"])
    shown = [row.number for page in (first, second) for grid in page.context["grids"] for row in grid.rows]
    assert shown == list(range(4, 35))
    assert second.context["after"] == ""
    only = see(bureau.officer, source, first.context["kinds"][2].url)
    assert [row.number for grid in only.context["grids"] for row in grid.rows] == [34]


def test_a_second_column_of_units_is_said_not_to_be_read_and_so_is_what_nobody_knows(
    bureau: Bureau, roster: str
) -> None:
    content = text([*HEADINGS, "工作单位", "星座", ""], [*person(1), "无此单位", "白羊", ""])
    page = see(bureau.officer, read(bureau.officer, roster, content))
    [double] = page.context["doubled"]
    assert (double.column, double.heading, double.field, double.instead) == ("G", "工作单位", "单位", "E")
    assert [(one.letter, one.heading) for one in page.context["passed"]] == [("H", "星座")]
    assert 'id="doubled"' in page.content.decode()
    plain = see(bureau.officer, read(bureau.officer, roster, people(2)))
    assert plain.context["doubled"] == []
    assert 'id="doubled"' not in plain.content.decode()


@pytest.mark.parametrize("query", ["?show=x", "?after=x", "?after=9-9", "?show=joined&after=-1", "?code='"])
def test_a_made_up_query_shows_a_page(bureau: Bureau, roster: str, query: str) -> None:
    source = read(bureau.officer, roster, messy(person(2, 身份证号=WRONG)))
    assert see(bureau.officer, source, query).status_code == 200


def test_many_who_are_missing_are_warned_of(bureau: Bureau) -> None:
    stocked(bureau, people(*range(1, 11)))
    few = read(bureau.officer, "people", people(*range(1, 9)))
    assert not see(bureau.officer, few).context["decision"].many
    many = read(bureau.officer, "people", people(*range(1, 8)))
    decision = see(bureau.officer, many).context["decision"]
    assert (decision.left, decision.share, decision.many) == (3, 30, True)


# Mending -------------------------------------------------------------------------------------------


def sheet_of(source: RosterImport) -> str:
    return str(source.columns[0]["sheet"])


def mend(source: RosterImport, actor: Actor, value: str, *, script: bool = True, **changes: object) -> Any:
    """Put a value into the identity number of row 4."""
    where = {"sheet": sheet_of(source), "row": "4", "field": "id_number", "value": value, **changes}
    return act(actor, source, "mend", where, script=script)


def test_a_mended_row_comes_back_in_order(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, messy(person(12, 身份证号=WRONG)))
    answer = mend(source, bureau.officer, number(12))
    words = answer.content.decode()
    assert answer.status_code == 200
    [row] = answer.context["rows"]
    assert row.sound
    assert [one.text for one in row.cells][1] == person(12)[1]
    assert words.lstrip().startswith("<template>"), "or the browser takes the figures for a part of the table"
    assert 'id="decide" hx-swap-oob="true"' in words
    assert "<html" not in words
    fresh = again(source)
    assert fresh.status == ImportStatus.STAGED
    assert (fresh.counts["rejected"], fresh.counts["new"]) == (0, 2)


def test_several_cells_are_mended_by_one_form(bureau: Bureau, roster: str) -> None:
    rows = (person(12, 身份证号=WRONG), person(13, 手机号="1"), person(14, 手机号="2"))
    source = read(bureau.officer, roster, messy(*rows))
    told = {
        "sheet": [sheet_of(source)] * 3,
        "row": ["4", "5", "6"],
        "field": ["id_number", "phone", "phone"],
        "value": [number(12), "19900000013", "3"],
    }
    answer = act(bureau.officer, source, "mend", told, script=True)
    assert [row.sound for row in answer.context["rows"]] == [True, True, False]
    words = answer.content.decode()
    assert words.count("<template>") == 3
    assert answer.context["said"]
    assert words.count(answer.context["said"]) == 3, "it is told whichever row comes last"
    fresh = again(source)
    assert (fresh.status, fresh.counts["rejected"], fresh.counts["new"]) == (ImportStatus.STAGED, 1, 3)


@pytest.mark.parametrize("name", ["sheet", "row", "field", "value"])
def test_a_form_that_names_no_cell_is_not_there(bureau: Bureau, roster: str, name: str) -> None:
    source = read(bureau.officer, roster, messy(person(12, 身份证号=WRONG)))
    told = {"sheet": [sheet_of(source)], "row": ["4"], "field": ["id_number"], "value": [number(12)]}
    for values in ([], told[name] * 2, told[name] * 201):
        answer = act(bureau.officer, source, "mend", {**told, name: values}, script=True)
        assert answer.status_code == 404
    many = {key: values * 201 for key, values in told.items()}
    assert act(bureau.officer, source, "mend", many, script=True).status_code == 404
    assert again(source).counts["rejected"] == 1


def test_somebody_of_another_unit_mends_nothing(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, messy(person(12, 身份证号=WRONG)))
    assert mend(source, unit_liaison(bureau.lead_id), number(12)).status_code == 404
    assert again(source).counts["rejected"] == 1


def test_a_row_mended_badly_says_so_again(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, messy(person(12, 身份证号=WRONG)))
    answer = mend(source, bureau.officer, "12345")
    [row] = answer.context["rows"]
    assert not row.sound
    [bad] = [one for one in row.cells if one.marks]
    assert (bad.text, bad.field) == ("12345", "id_number")
    assert again(source).counts["rejected"] == 1
    assert cell(see(bureau.officer, source), 4, "身份证号").text == "12345"


def test_without_a_script_mending_goes_back_to_the_page(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, messy(person(12, 身份证号=WRONG)))
    answer = mend(source, bureau.officer, number(12), script=False)
    assert answer.url == reverse("roster_import", args=(source.key,))
    assert again(source).counts["rejected"] == 0


def test_what_cannot_be_mended_is_refused_with_a_sentence(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, messy(person(12, 身份证号=WRONG)))
    places: tuple[dict[str, Any], ...] = ({"field": "password"}, {"sheet": "没有这表"}, {"row": "999"})
    for changes in places:
        answer = mend(source, bureau.officer, number(12), **changes)
        assert answer.status_code == 409
        assert answer.headers["X-Songnuan-Refusal"]
        assert 'role="alert"' in answer.content.decode()
    for row in ("", "x", "-1", "1" * 30, "٤"):
        assert mend(source, bureau.officer, number(12), row=row).status_code == 404
    assert again(source).counts["rejected"] == 1


# Taking over ---------------------------------------------------------------------------------------


def test_the_sound_rows_are_taken_over_and_the_page_says_so(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, messy(person(2, 岗位="出纳"), person(12, 身份证号=WRONG)))
    assert act(bureau.officer, source, "apply").url == reverse("roster_import", args=(source.key,))
    assert see(bureau.officer, source).templates[0].name == "web/roster_wait.html"
    work()
    page = see(bureau.officer, source)
    assert page.context["outcome"] == "applied"
    assert [figure.value for figure in page.context["tally"]][:2] == [1, 1]
    assert reverse("roster_import_report", args=(source.key,)) in page.content.decode()
    assert Enrolment.objects.filter(ends_on=None).count() == 4, "nobody leaves unasked"


def test_two_clicks_take_over_once(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, messy())
    for _click in range(2):
        assert act(bureau.officer, source, "apply").status_code == 302
    assert Job.objects.filter(task__endswith="apply_task").count() == 1
    work()
    before = count()
    assert act(bureau.officer, source, "apply").status_code == 302
    work()
    assert count() == before


def test_who_is_missing_leaves_when_it_is_said(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, people(1))
    act(bureau.officer, source, "apply", {"end_missing": "1"})
    work()
    assert Enrolment.objects.filter(ends_on=None).count() == 1


def test_a_second_person_sees_where_it_stands(bureau: Bureau) -> None:
    own = own_roster(bureau)
    source = read(bureau.officer, own, people(1, 3))
    keeper = unit_liaison(bureau.lead_id)
    assert see(keeper, source).templates[0].name == "web/roster_preview.html"
    act(keeper, source, "apply")
    assert see(bureau.officer, source).templates[0].name == "web/roster_wait.html"
    work()
    late = act(bureau.officer, source, "cancel")
    assert late.status_code == 302
    page = see(bureau.officer, source)
    assert page.context["outcome"] == "applied"
    home = as_(bureau.officer).get(reverse("roster", args=(own,)))
    assert home.context["waiting"] == []


def test_what_comes_too_late_is_answered_with_a_sentence(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, people(4))
    act(bureau.officer, source, "apply")
    work()
    client = as_(bureau.officer)
    url = reverse("roster_import_cancel", args=(source.key,))
    with on(at(8, 13)):
        page = client.post(url, follow=True)
    assert [str(said) for said in page.context["messages"]]
    assert page.context["outcome"] == "applied"


def test_why_taking_over_was_refused_is_told_beside_the_decision(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, people(4))
    act(bureau.officer, source, "apply")
    no = Refusal("no", "The rule says no.")
    with patch("songnuan.journeys.import_roster.people.begin_apply", side_effect=no):
        work()
    page = see(bureau.officer, source)
    assert page.context["refused"] == "The rule says no."
    assert "The rule says no." in page.content.decode()


def test_a_file_that_changes_nothing_offers_nothing_to_take_over(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, people(1, 2, 3))
    words = see(bureau.officer, source).content.decode()
    assert 'id="decide"' in words
    assert "data-busy-label" not in words


# Giving up, and sending back -------------------------------------------------------------------------


def test_an_import_given_up_leaves_nothing(bureau: Bureau, roster: str) -> None:
    files, people_before = kept(), Person.objects.count()
    source = read(bureau.officer, roster, messy(person(12, 身份证号=WRONG)))
    assert kept() != files
    assert act(bureau.officer, source, "cancel").status_code == 302
    page = see(bureau.officer, source)
    assert page.context["outcome"] == "cancelled"
    assert kept() == files
    assert Person.objects.count() == people_before
    answer = act(bureau.officer, source, "report")
    assert answer.status_code == 302, "there is no file any more"


def test_the_marked_copy_can_be_sent_back(bureau: Bureau, roster: str) -> None:
    source = read(bureau.officer, roster, messy(person(12, 身份证号=WRONG)))
    before = trail_length()
    answer = act(bureau.officer, source, "report")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    copy = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    cells = [
        str(cell)
        for name in copy.sheet_names
        for row in copy.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    assert WRONG in cells
    assert trail_length() == before + 1


def test_the_history_tells_state_and_figures(bureau: Bureau, roster: str) -> None:
    read(bureau.officer, roster, messy())
    jobs = as_(bureau.officer).get(reverse("roster_imports", args=(roster,))).context["imports"]
    assert [job.state for job in jobs] == ["waiting", "done"]
    assert jobs[0].who == "测试officer"
    assert all(job.figures for job in jobs)


def test_nothing_is_brought_into_a_closed_roster(bureau: Bureau, roster: str) -> None:
    Roster.objects.update(status="closed")
    before = count()
    answer = upload(bureau.officer, roster, people(7))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["workbook"]
    assert count()[:2] == before[:2]
    page = as_(bureau.officer).get(reverse("roster", args=(roster,)))
    assert reverse("roster_bring", args=(roster,)) not in page.content.decode()
