"""Late entries (补录): taken, marked wherever they stand, and never without a reason."""

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from people import SLUG, Bureau, at, open_plan_1
from songnuan.journeys.living_plan import progress_of
from songnuan.plans.models import Measure
from songnuan.visits.models import VisitStatus
from web.browsing import as_, filled, on, record_url, trail_length, visits_of

pytestmark = pytest.mark.django_db


def test_a_late_entry_is_asked_why_once_and_keeps_what_was_typed(bureau: Bureau) -> None:
    """Without a script: the reason is asked for on the second round, and only where the dates say so."""
    open_plan_1(bureau)
    visit = visits_of(bureau)[0]
    client = as_(bureau.liaison)
    sent = filled(bureau, "2020-04-07T09:00")
    before = trail_length()
    url = reverse("visit", args=(visit.pk,))
    with on(at(9)):
        assert 'name="entry_reason"' not in client.get(record_url(visit)).content.decode()
        asked = client.post(record_url(visit), sent)
        assert asked.status_code == 422
        assert list(asked.context["form"].errors) == ["entry_reason"]
        page = asked.content.decode()
        assert 'name="entry_reason"' in page
        assert sent["conditions"] in page
        assert sent["signature"] in page
        visit.refresh_from_db()
        assert visit.status == VisitStatus.PLANNED
        assert trail_length() == before
        answer = client.post(record_url(visit), {**sent, "entry_reason": "方案印发前已经走访"})
        assert answer.headers["Location"] == url
        shown = client.get(url).content.decode()
        mine = client.get(reverse("visits_mine")).content.decode()
        office = as_(bureau.office).get(reverse("office")).content.decode()
        annex = as_(bureau.officer).get(reverse("pairing", args=(SLUG,)) + "?state=entered_late")
    visit.refresh_from_db()
    assert (visit.late_entry, visit.before_plan) == (True, True)
    assert "方案印发前已经走访" in shown
    assert "方案印发前已经走访" in office
    assert _("late entry") in mine
    assert [row.visit_id for row in annex.context["pairs"]] == [visit.pk]
    for kind in ("visit", "report", "inspection"):
        measure = Measure.objects.get(
            kind={"visit": "unit_visits", "report": "visit_reports"}.get(kind, kind)
        )
        listed = as_(bureau.officer).get(reverse("evidence", args=(SLUG, measure.pk, kind)))
        assert "方案印发前已经走访" in listed.content.decode()
    (visits,) = Measure.objects.filter(kind="unit_visits")
    assert any("1" in note for note in progress_of([visits], at(9))[visits.pk].notes)
