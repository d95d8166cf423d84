"""What is put back is what was made in the very same state of the database: no test hides another's fault."""

import pytest
from django.db import IntegrityError, transaction

from payments.releasing import make_release_house
from people import Bureau
from put_back import put_back
from songnuan.organisation.models import User
from songnuan.payments.models import Notice
from web.browsing import user_of

pytestmark = pytest.mark.django_db


def test_what_was_written_past_the_trail_is_another_state(bureau: Bureau) -> None:
    """A changed column counts, though no table is longer and the trail says nothing."""
    user = user_of(bureau.officer)
    made = []

    def make() -> int:
        made.append(user.name)
        return len(made)

    name = "a changed column"
    assert [put_back(name, make) for _ in range(3)] == [1, 1, 1], "what was made first is kept"
    User.objects.filter(pk=user.pk).update(name="另一个名字")
    assert put_back(name, make) == 2, "made by real acts, for it is another state"
    User.objects.filter(pk=user.pk).update(name=user.name)
    assert put_back(name, make) == 1


def test_triggers_that_let_rows_through_refuse_again() -> None:
    """When real acts made them, and when they were put back."""
    for _ in range(2):
        before = transaction.savepoint()
        make_release_house()
        notice = Notice.objects.get()
        notice.pk = None
        with pytest.raises(IntegrityError, match="payments_notice_one_runs"), transaction.atomic():
            notice.save(force_insert=True)
        transaction.savepoint_rollback(before)
