"""Units that join an open plan beyond the number it names: said plainly, with what follows."""

from io import BytesIO

import pytest
import xlsxwriter
from django.utils.translation import gettext as _

from people import SLUG, Bureau, at, open_plan_1
from songnuan.journeys.import_units import import_units
from songnuan.journeys.living_plan import living_plan
from songnuan.journeys.measures.base import State
from songnuan.kernel.money import yuan

pytestmark = pytest.mark.django_db


def workbook(*units: str) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("一览表")
    sheet.write_row(0, 0, ["序号", "慰问单位", "联系人", "联系电话", "牵头处室"])
    for place, unit in enumerate(units, 1):
        sheet.write_row(place, 0, [place, unit, "赵守闸", f"1990000{place:04d}", "航道处"])
    book.close()
    return out.getvalue()


def test_they_leave_the_pairing_undecided_and_say_what_they_cost(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)

    def margin() -> tuple[str, str, tuple[str, ...]]:
        page = living_plan(plan, at(9), lambda _measure, _kind: "")
        (mark,) = [mark for clause in page.clauses for mark in clause.margins if mark.kind == "pairing"]
        assert (mark.done, mark.due) == (47, 47)
        return mark.state, mark.headline, mark.notes

    state, headline, notes = margin()
    assert (state, headline) == (State.DONE, _("%(done)s of %(due)s units paired") % {"done": 47, "due": 47})
    assert len(notes) == 1
    content = workbook("新桥船闸管理所", "新桥航道管理站")
    done = import_units(
        content=content, slug=SLUG, create_leads=False, dry_run=False, actor=bureau.officer, at=at(8)
    )
    assert (done.created, list(done.problems)) == (2, [])
    state, headline, notes = margin()
    words = _("%(paired)s units paired, %(beyond)s more than the plan names")
    assert (state, headline) == (State.WAITING, words % {"paired": 49, "beyond": 2})
    assert yuan(2 * 300_00) in notes[-1]
    page = living_plan(plan, at(9), lambda _measure, _kind: "")
    assert page.next_step == _("Have it decided who pays for the units beyond the plan")
    assert page.due == 49, "they are to be visited all the same"
