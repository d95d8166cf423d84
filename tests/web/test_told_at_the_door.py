"""What visitors are told at the door and after it: days long ago, what is not in order, what stands where."""

import pytest
from django.urls import reverse

from people import Bureau, at, buy, open_plan_1
from songnuan.audit.models import Entry
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.queries import first_names, unit_names
from songnuan.plans.models import Plan
from songnuan.visits.models import InspectionResult, Visit, VisitStatus
from web.browsing import as_, filled, on, record_url, visits_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with all its kits in the store."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


def page_of(visit: Visit) -> str:
    return reverse("visit", args=(visit.pk,))


def test_a_visit_before_our_record_of_the_unit_begins_names_it_as_it_was_called_first(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    [record] = UnitRecord.objects.filter(unit=visit.unit_id)
    sent = filled(bureau, "2020-04-02T09:30", entry_reason="先走访后立方案")
    with on(at(8, 10)):
        assert as_(bureau.liaison).post(record_url(visit), sent).status_code == 302
        page = as_(bureau.liaison).get(page_of(visit))
    day = at(2).date()
    assert record.starts_on > day
    assert unit_names([visit.unit_id], day) == {}, "it stays unknown to whoever asks which units are open"
    assert first_names([visit.unit_id], day) == {visit.unit_id: record.name}
    assert page.context["visit"]["unit_name"] == record.name


def test_a_year_mistyped_is_said_beside_the_time_alone(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(record_url(visit), filled(bureau, "2019-04-15T09:30"))
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["happened_at"]
    assert not page.context["form"].asks_entry_reason
    visit.refresh_from_db()
    assert visit.status == VisitStatus.PLANNED
    assert not Entry.objects.filter(action="visits.record").exists()


def test_what_is_not_in_order_says_what_beside_its_note(bureau: Bureau) -> None:
    visit = visits_of(bureau)[0]
    sent = filled(bureau, "2020-04-08T09:30", check_duty="fail", note_duty=" ")
    with on(at(8, 10)):
        page = as_(bureau.liaison).post(record_url(visit), sent)
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["note_duty"])
        visit.refresh_from_db()
        assert visit.status == VisitStatus.PLANNED
        assert not InspectionResult.objects.exists()
        again = as_(bureau.liaison).post(record_url(visit), {**sent, "note_duty": "值班表未上墙"})
    assert again.status_code == 302
    assert InspectionResult.objects.get(item_key="duty").note == "值班表未上墙"
