"""kill -9 at any statement of the look leaves each letter whole with its notices, or absent."""

import pytest

from hands import killed_at
from outreach.mailing import notice, reached
from people import at, make_bureau
from songnuan.audit.checks import verify
from songnuan.jobs.models import Job, OutboxMessage
from songnuan.journeys.pass_on import pass_on
from songnuan.kernel.actor import SYSTEM
from songnuan.outreach.models import Letter, Passed, Way, Wishes
from web.browsing import user_of

pytestmark = pytest.mark.once


@pytest.mark.django_db(transaction=True)
def test_a_look_killed_at_any_statement_tells_everything_once() -> None:
    bureau = make_bureau()
    way = reached(bureau.office, at(7))
    Wishes.objects.create(user=user_of(bureau.office), at_once=True, changed_at=at(7))
    notice(bureau.office, "东港已走访", at(8, 9))
    notice(bureau.office, "逾期未签收", at(9, 8), topic="document.late")
    jobs = Job.objects.count()
    statement = 0
    while killed_at(statement := statement + 1, lambda: pass_on(actor=SYSTEM, at=at(9, 9))):
        written = OutboxMessage.objects.filter(channel="email").count()
        assert written == Letter.objects.count() == Job.objects.count() - jobs
        assert written in {0, 2}, "a look at one person is one transaction"
        assert (Way.objects.get(pk=way.pk).digest_on is None) == (written == 0)
    assert statement > 10
    assert Letter.objects.count() == Passed.objects.count() == 2
    pass_on(actor=SYSTEM, at=at(9, 10))
    assert OutboxMessage.objects.filter(channel="email").count() == 2
    assert verify() == []
