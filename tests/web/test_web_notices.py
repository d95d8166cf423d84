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
from web.browsing import as_, queries_of

pytestmark = pytest.mark.django_db

URL = "notices_read"


def tell(actor: Actor, *titles: str, topic: str = "visit.recorded") -> None:
    """Leave notices for somebody, as the worker does."""
    with transaction.atomic():
        for title in titles:
            message = actions.send(
                channel="in_app",
                recipient_id=actor.user_id or 0,
                topic=topic,
                title=title,
                body="",
                key=f"{actor.key}:{title}",
                actor=SYSTEM,
                at=at(8),
            )
            in_app(message)


def shown(actor: Actor, page: str = "notices") -> list[int]:
    """Return the notices that a page offers to mark as read."""
    found = as_(actor).get(reverse(page)).content.decode()
    return [int(key) for key in re.findall(r'name="notice" value="(\d+)"', found)]


def upto(actor: Actor, url: str) -> dict[str, str]:
    """Return what the button posts that marks all at once."""
    found = as_(actor).get(url).content.decode()
    (newest,) = re.findall(r'name="upto" value="(\d+)"', found)
    topics = re.findall(r'name="topic" value="(.*?)"', found)
    return {"upto": newest, **({"topic": topics[0]} if topics else {})}


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


def test_who_opens_a_notice_has_read_it(bureau: Bureau) -> None:
    tell(bureau.office, "东港", "西港")
    Notice.objects.update(url="/plans/")
    pk = Notice.objects.get(title="东港").pk
    address = reverse("notice_open", args=(pk,))
    assert f'href="{address}"' in as_(bureau.office).get(reverse("notices")).content.decode()
    assert as_(bureau.officer).get(address).status_code == 404, "it is not theirs"
    assert unread(bureau.office) == ["西港", "东港"]
    for _again in range(2):
        opened = as_(bureau.office).get(address)
        assert (opened.status_code, opened.headers["Location"]) == (302, "/plans/")
    assert unread(bureau.office) == ["西港"]


def test_nobody_marks_a_notice_of_somebody_else(bureau: Bureau) -> None:
    tell(bureau.office, "东港")
    stolen = [*shown(bureau.office), 10**6]
    answer = as_(bureau.officer).post(reverse(URL), {"notice": stolen})
    assert (answer.status_code, answer.headers["X-Songnuan-Refusal"]) == (403, "not_yours")
    assert as_(bureau.office).post(reverse(URL), {"notice": ["x", "", "9" * 30]}).status_code == 302
    assert unread(bureau.office) == ["东港"]


def test_the_first_page_gathers_what_is_about_the_same_and_marks_all_at_once(bureau: Bureau) -> None:
    tell(bureau.office, "请示已批准", topic="approval.decided")
    tell(bureau.office, *(f"卡点{number}" for number in range(33)))
    page = as_(bureau.office).get(reverse("home"))
    told = [(row.topic, row.count, row.newest.title) for row in page.context["notices"]]
    assert told == [("visit.recorded", 33, "卡点32"), ("approval.decided", 1, "请示已批准")]
    assert page.context["unread"] == 34
    Notice.objects.filter(title="卡点3").update(created_at=at(9))
    assert as_(bureau.office).get(reverse("home")).context["notices"][0].newest.title == "卡点3"
    words = page.content.decode()
    url = f"{reverse('notices')}?topic=visit.recorded"
    assert f'href="{url}"' in words
    assert "卡点31" not in words
    listed = as_(bureau.office).get(url).context
    assert (len(listed["notices"]), listed["topic"]) == (33, "visit.recorded")
    button = upto(bureau.office, reverse("home"))
    tell(bureau.office, "北渡")
    tell(bureau.officer, "南浦")
    answer = as_(bureau.office).post(reverse(URL), button)
    assert answer.headers["Location"] == reverse("home")
    assert unread(bureau.office) == ["北渡"], "what came since was not shown"
    as_(bureau.office).post(reverse(URL), {"upto": str(Notice.objects.latest("pk").pk)})
    assert unread(bureau.officer) == ["南浦"], "nobody reads for another"


def test_a_list_about_one_thing_marks_that_alone(bureau: Bureau) -> None:
    tell(bureau.office, "请示已批准", topic="approval.decided")
    tell(bureau.office, *(f"卡点{number}" for number in range(52)))
    button = upto(bureau.office, f"{reverse('notices')}?topic=visit.recorded")
    assert button["topic"] == "visit.recorded"
    as_(bureau.office).post(reverse(URL), {**button, "page": "notices"})
    assert unread(bureau.office) == ["请示已批准"]


def test_a_topic_that_is_no_text_lists_and_marks_nothing(bureau: Bureau) -> None:
    tell(bureau.office, "东港")
    client = as_(bureau.office)
    page = client.get(reverse("notices"), {"topic": "visit\0"})
    assert (page.status_code, page.context["notices"]) == (200, [])
    posted = {"upto": str(Notice.objects.latest("pk").pk), "topic": "visit\0"}
    assert client.post(reverse(URL), posted).status_code == 302
    assert unread(bureau.office) == ["东港"]


def test_the_first_page_asks_as_often_for_many_notices_as_for_few(bureau: Bureau) -> None:
    tell(bureau.office, "一", "二")
    few = queries_of(as_(bureau.office), reverse("home"))
    tell(bureau.office, *(f"卡点{number}" for number in range(20)))
    assert queries_of(as_(bureau.office), reverse("home")) == few


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
