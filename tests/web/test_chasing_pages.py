"""Late visits are chased from the list of units too; what was chased today is no longer due today."""

import pytest
from django.urls import reverse

from people import SLUG, Bureau, at, open_plan_1
from songnuan.audit.models import Entry
from songnuan.plans.models import Measure, Plan
from songnuan.visits.figures import progress
from songnuan.visits.models import Visit, VisitChase
from web.browsing import as_, on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]

UNITS = reverse("pairing", args=(SLUG,))
LATE = f"{UNITS}?state=overdue"


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way; two visits have missed their day by the 9th."""
    plan = open_plan_1(bureau)
    late = Visit.objects.order_by("planned_on", "pk")[:2]
    Visit.objects.exclude(pk__in=[visit.pk for visit in late]).update(planned_on=None)
    Visit.objects.filter(pk__in=[visit.pk for visit in late]).update(planned_on=at(8).date())
    return plan


def late_visits() -> list[Visit]:
    return list(Visit.objects.filter(planned_on__isnull=False).order_by("pk"))


def test_a_late_visit_is_chased_from_the_list_and_the_list_comes_back(bureau: Bureau) -> None:
    first, second = late_visits()
    client = as_(bureau.office)
    url = reverse("visit_chase", args=(first.pk,))
    with on(at(9, 9)):
        shown = client.get(LATE).content.decode()
        assert shown.count('name="back" value="units"') == 2
        assert 'name="back"' not in as_(bureau.finance).get(LATE).content.decode()
        answer = client.post(url, {"back": "units", "lead": "", "state": "overdue"})
        assert (answer.status_code, answer.headers["Location"]) == (302, LATE)
        page = client.get(LATE)
    rows = {row.visit_id: row for row in page.context["pairs"]}
    assert (rows[first.pk].chased, rows[first.pk].chased_today) == (1, True)
    assert (rows[second.pk].chased, rows[second.pk].chased_today) == (0, False)
    assert page.content.decode().count('name="back" value="units"') == 1
    with on(at(9, 10)):
        assert as_(bureau.finance).post(url, {"back": "units"}).status_code == 403
    assert VisitChase.objects.count() == Entry.objects.filter(action="visits.chase").count() == 1


def test_what_was_chased_today_is_due_again_tomorrow(bureau: Bureau) -> None:
    measure = Measure.objects.get(kind="unit_visits")
    client, home = as_(bureau.office), reverse("home")
    first, second = late_visits()

    def due() -> bool:
        return LATE in client.get(home).content.decode()

    with on(at(9, 9)):
        assert due()
        client.post(reverse("visit_chase", args=(first.pk,)))
        assert due(), "one is left"
        client.post(reverse("visit_chase", args=(second.pk,)))
        assert not due()
    assert (progress([measure.pk], at(9))[measure.pk].overdue,) == (2,)
    assert progress([measure.pk], at(9))[measure.pk].chased_today == 2
    assert progress([measure.pk], at(10))[measure.pk].chased_today == 0
    with on(at(10, 9)):
        assert due()
