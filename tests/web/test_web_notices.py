import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from people import Bureau, at
from songnuan.jobs import actions
from songnuan.jobs.channels import in_app
from songnuan.jobs.models import Notice
from songnuan.jobs.queries import notices
from songnuan.kernel.actor import SYSTEM, Actor
from web.browsing import as_

pytestmark = pytest.mark.django_db

URL = "notices_read"


def tell(actor: Actor, *titles: str) -> None:
    """Leave notices for somebody, as the worker does."""
    with transaction.atomic():
        for title in titles:
            message = actions.send(
                channel="in_app",
                recipient_id=actor.user_id or 0,
                topic="visit.recorded",
                title=title,
                body="",
                key=f"{actor.key}:{title}",
                actor=SYSTEM,
                at=at(8),
            )
            in_app(message)


def unread(actor: Actor) -> list[str]:
    """Return the titles of somebody's unread notices."""
    return list(notices(actor.user_id or 0, unread=True).values_list("title", flat=True))


def test_the_reader_marks_all_of_ones_own_notices_as_read_and_no_others(bureau: Bureau) -> None:
    tell(bureau.office, "东港", "西港")
    tell(bureau.officer, "南浦")
    page = as_(bureau.office).post(reverse(URL))
    assert (page.status_code, page.headers["Location"]) == (302, reverse("home"))
    assert unread(bureau.office) == []
    assert unread(bureau.officer) == ["南浦"]


def test_a_notice_read_again_keeps_its_first_reading(bureau: Bureau) -> None:
    tell(bureau.office, "东港")
    Notice.objects.update(read_at=at(9))
    as_(bureau.office).post(reverse(URL))
    assert Notice.objects.get().read_at == at(9)


def test_looking_marks_nothing(bureau: Bureau) -> None:
    tell(bureau.office, "东港")
    assert as_(bureau.office).get(reverse(URL)).status_code == 302
    assert unread(bureau.office) == ["东港"]


def test_without_signing_in_or_the_token_of_the_site_nothing_is_marked(bureau: Bureau) -> None:
    tell(bureau.office, "东港")
    assert reverse("account_login") in Client().post(reverse(URL)).headers["Location"]
    assert as_(bureau.office, enforce_csrf_checks=True).post(reverse(URL)).status_code == 403
    assert unread(bureau.office) == ["东港"]
