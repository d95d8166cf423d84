import re

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


def shown(actor: Actor, page: str = "home") -> list[int]:
    """Return the notices that a page offers to mark as read."""
    found = as_(actor).get(reverse(page)).content.decode()
    return [int(key) for key in re.findall(r'name="notice" value="(\d+)"', found)]


def unread(actor: Actor) -> list[str]:
    """Return the titles of somebody's unread notices."""
    return list(notices(actor.user_id or 0, unread=True).values_list("title", flat=True))


def test_the_reader_marks_what_the_page_showed_as_read_and_nothing_else(bureau: Bureau) -> None:
    tell(bureau.office, "东港", "西港")
    tell(bureau.officer, "南浦")
    offered = shown(bureau.office)
    tell(bureau.office, "北渡")
    page = as_(bureau.office).post(reverse(URL), {"notice": offered})
    assert (page.status_code, page.headers["Location"]) == (302, reverse("home"))
    assert unread(bureau.office) == ["北渡"], "what came since was not shown"
    assert unread(bureau.officer) == ["南浦"]


def test_nobody_marks_a_notice_of_somebody_else(bureau: Bureau) -> None:
    tell(bureau.office, "东港")
    stolen = [*shown(bureau.office), 10**6]
    answer = as_(bureau.officer).post(reverse(URL), {"notice": stolen})
    assert (answer.status_code, answer.headers["X-Songnuan-Refusal"]) == (403, "not_yours")
    assert as_(bureau.office).post(reverse(URL), {"notice": ["x", "", "9" * 30]}).status_code == 302
    assert unread(bureau.office) == ["东港"]


def test_the_first_page_shows_some_and_says_how_many_there_are(bureau: Bureau) -> None:
    tell(bureau.office, *(f"卡点{number}" for number in range(31)))
    page = as_(bureau.office).get(reverse("home"))
    assert (len(page.context["notices"]), page.context["unread"]) == (8, 31)
    assert "8" in page.content.decode()
    assert f'href="{reverse("notices")}"' in page.content.decode()
    as_(bureau.office).post(reverse(URL), {"notice": shown(bureau.office)})
    assert len(unread(bureau.office)) == 23


def test_all_notices_stand_on_pages_of_their_own_newest_first(bureau: Bureau) -> None:
    titles = [f"卡点{number}" for number in range(60)]
    tell(bureau.office, *titles)
    tell(bureau.officer, "南浦")
    url = reverse("notices")
    client = as_(bureau.office)
    first = client.get(url)
    second = client.get(url, {"before": first.context["older"]})
    listed = [notice.title for page in (first, second) for notice in page.context["notices"]]
    assert listed == titles[::-1]
    assert (len(first.context["notices"]), second.context["older"]) == (50, None)
    answer = client.post(reverse(URL), {"notice": shown(bureau.office, "notices"), "page": "notices"})
    assert answer.headers["Location"] == url
    assert unread(bureau.office) == titles[9::-1]
    assert client.get(url).context["unread"] == []
    assert len(client.get(url).context["notices"]) == 50, "what was read stays"
    assert [row.title for row in as_(bureau.officer).get(url).context["notices"]] == ["南浦"]
    theirs = notices(bureau.office.user_id or 0)[30].pk
    assert as_(bureau.officer).get(url, {"before": theirs}).context["notices"] == []
    assert reverse("account_login") in Client().get(url).headers["Location"]


def test_a_notice_read_again_keeps_its_first_reading(bureau: Bureau) -> None:
    tell(bureau.office, "东港")
    Notice.objects.update(read_at=at(9))
    as_(bureau.office).post(reverse(URL), {"notice": Notice.objects.get().pk})
    assert Notice.objects.get().read_at == at(9)


def test_looking_marks_nothing(bureau: Bureau) -> None:
    tell(bureau.office, "东港")
    assert as_(bureau.office).get(reverse(URL)).status_code == 302
    assert unread(bureau.office) == ["东港"]


def test_without_signing_in_or_the_token_of_the_site_nothing_is_marked(bureau: Bureau) -> None:
    tell(bureau.office, "东港")
    all_of_them = {"notice": shown(bureau.office)}
    assert reverse("account_login") in Client().post(reverse(URL), all_of_them).headers["Location"]
    forged = as_(bureau.office, enforce_csrf_checks=True).post(reverse(URL), all_of_them)
    assert forged.status_code == 403
    assert unread(bureau.office) == ["东港"]
