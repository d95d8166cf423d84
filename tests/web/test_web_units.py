import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import xlsxwriter
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from people import LEAD, PLANS, SLUG, Bureau, at
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.preview_units import FILE_MAX, sweep_previews
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import wall
from songnuan.organisation.models import Assignment, Unit, UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of, pairs
from songnuan.plans.models import Plan, PlanStatus
from songnuan.visits.models import Visit
from web.browsing import as_, on, trail_length

pytestmark = pytest.mark.django_db

SAMPLE = (PLANS / "samples/front-line-units.xlsx").read_bytes()
LOOK = "import_units"
TAKE = "import_units_apply"


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 as a draft, without any front-line unit."""
    return load_plan(source=(PLANS / f"{SLUG}.yaml").read_text(), actor=bureau.officer, at=at(6))


@pytest.fixture(autouse=True)
def _kept_nothing() -> Iterator[None]:
    yield
    for path in kept():
        path.unlink()


def kept() -> list[Path]:
    """Return the workbooks that wait to be taken over."""
    found = Path(settings.FILES_ROOT).glob("uploads/*")
    return sorted(path for path in found if not path.suffix)  # rosters that wait have one


def workbook(*rows: tuple[str, ...]) -> bytes:
    """Return a workbook with the usual headings and these rows."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("一览表")
        for place, row in enumerate([("慰问单位", "联系人", "联系电话", "牵头处室", "拟慰问时间"), *rows]):
            sheet.write_row(place, 0, row)
    return out.getvalue()


ROW = ("东港船闸管理所", "赵守闸", "19912345678", LEAD, "4月9日")


def look(actor: Actor, content: bytes, slug: str = SLUG, name: str = "一览表.xlsx") -> Any:
    """Choose a workbook and look at it, on 6 April."""
    with on(at(6)):
        return as_(actor).post(reverse(LOOK), {"plan": slug, "workbook": SimpleUploadedFile(name, content)})


def take(actor: Actor, token: str) -> Any:
    """Take over what was looked at, on 6 April."""
    with on(at(6)):
        return as_(actor).post(reverse(TAKE), {"token": token})


def count() -> tuple[int, int, int, int]:
    """Return how many units, records, pairs and entries of the trail there are."""
    return (
        Unit.objects.count(), UnitRecord.objects.count(), Assignment.objects.count(), trail_length()
    )  # fmt: skip


def test_the_page_asks_for_a_workbook_and_the_plan_it_belongs_to(bureau: Bureau, plan: Plan) -> None:
    page = as_(bureau.officer).get(reverse(LOOK))
    assert page.status_code == 200
    assert page.context["form"].fields["plan"].choices == [(SLUG, plan.title)]
    assert 'enctype="multipart/form-data"' in page.content.decode()


@pytest.mark.parametrize("who", ["approver", "finance", "office", "inspector", "liaison", "stranger"])
@pytest.mark.usefixtures("plan")
def test_who_imports_no_units_sees_and_changes_nothing(bureau: Bureau, who: str) -> None:
    actor = getattr(bureau, who)
    before = count()
    assert as_(actor).get(reverse(LOOK)).status_code == 403
    assert look(actor, SAMPLE).status_code == 403
    token = look(bureau.officer, SAMPLE).context["preview"]["token"]
    assert take(actor, token).status_code == 403
    assert count() == before
    assert [path.name for path in kept()] == [token]


def test_nobody_imports_without_signing_in(plan: Plan) -> None:
    before = count()
    for name in (LOOK, TAKE):
        assert Client().get(reverse(name)).status_code == 302
        assert Client().post(reverse(name), {"plan": plan.slug, "token": "0" * 32}).status_code == 302
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_an_administrator_who_writes_no_plan_is_told_who_imports(bureau: Bureau) -> None:
    user = create_account(username="admin", name="管有序", password=None, actor=SYSTEM, at=at(6))
    give_post(user_id=user.pk, unit_id=bureau.bureau_id, role=Role.ADMINISTRATOR, actor=SYSTEM, at=at(6))
    before = count()
    page = as_(actor_of(user)).get(reverse(LOOK))
    assert page.status_code == 200
    assert page.context["form"].fields["plan"].choices == []
    assert 'name="workbook"' not in page.content.decode(), "a form that can lead nowhere is not shown"
    sentence = gettext(
        "Units are brought in for a plan, by who writes it. Give that person the post of programme officer;"
        " the units can then be imported."
    )
    assert sentence in page.content.decode()
    assert reverse("accounts") in page.content.decode()
    assert look(actor_of(user), SAMPLE).status_code == 422
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_a_look_shows_what_would_happen_and_changes_nothing(bureau: Bureau) -> None:
    before = count()
    page = look(bureau.officer, SAMPLE)
    assert page.status_code == 200
    preview = page.context["preview"]
    assert (preview["accepted"], preview["changed"], preview["unchanged"]) == (47, 0, 0)
    assert (preview["file_name"], preview["problems"], len(preview["rows"])) == ("一览表.xlsx", [], 10)
    first = preview["rows"][0]
    text = page.content.decode()
    assert first.name in text
    assert first.lead_name in text
    assert first.contact_phone
    assert all(row.contact_phone not in text and row.contact_name not in text for row in preview["rows"])
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_what_was_looked_at_waits_sealed(bureau: Bureau) -> None:
    token = look(bureau.officer, SAMPLE).context["preview"]["token"]
    [path] = kept()
    assert path.name == token
    assert path.stat().st_mode & 0o077 == 0
    assert b"PK\x03\x04" not in path.read_bytes()
    assert SLUG.encode() not in path.read_bytes()


@pytest.mark.usefixtures("plan")
def test_what_was_looked_at_is_what_is_taken_over(bureau: Bureau) -> None:
    preview = look(bureau.officer, SAMPLE).context["preview"]
    page = take(bureau.officer, preview["token"])
    assert page.status_code == 200
    done = page.context["done"]
    assert (done["accepted"], done["changed"], done["unchanged"]) == (47, 0, 0)
    assert done["pairing_url"] == reverse("pairing", args=(SLUG,))
    assert f'href="{done["pairing_url"]}"' in page.content.decode()
    standing = {row.unit_name: (row.lead_name, row.planned_on) for row in pairs(SLUG, at(6).date())}
    assert len(standing) == 47
    assert all(standing[row.name] == (row.lead_name, row.planned_on) for row in preview["rows"])
    assert kept() == []

    again = look(bureau.officer, SAMPLE).context["preview"]
    assert (again["accepted"], again["changed"], again["unchanged"]) == (0, 0, 47)


@pytest.mark.usefixtures("plan")
def test_a_workbook_is_taken_over_once(bureau: Bureau) -> None:
    token = look(bureau.officer, SAMPLE).context["preview"]["token"]
    take(bureau.officer, token)
    before = count()
    page = take(bureau.officer, token)
    assert page.status_code == 422
    assert [str(said) for said in page.context["messages"]]
    assert "done" not in page.context
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_nobody_takes_over_what_somebody_else_looked_at(bureau: Bureau) -> None:
    other = create_account(username="officer2", name="另一人", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=other.pk, unit_id=bureau.bureau_id, role=Role.PROGRAMME_OFFICER, actor=SYSTEM, at=at(1))
    token = look(bureau.officer, SAMPLE).context["preview"]["token"]
    before = count()
    assert take(actor_of(other), token).status_code == 422
    assert count() == before
    assert take(bureau.officer, token).status_code == 200, "it still waits for who looked at it"


@pytest.mark.parametrize(
    "token", ["", "x", "../../keys.json", "0" * 32, "0" * 31 + "/", "Ａ" * 32, "\0" * 32]
)
@pytest.mark.usefixtures("plan")
def test_a_made_up_token_opens_nothing(bureau: Bureau, token: str) -> None:
    before = count()
    assert take(bureau.officer, token).status_code == 422
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_a_file_exchanged_on_the_disk_is_not_taken_over(bureau: Bureau) -> None:
    token = look(bureau.officer, SAMPLE).context["preview"]["token"]
    [path] = kept()
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    before = count()
    assert take(bureau.officer, token).status_code == 422
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_what_lies_for_an_hour_is_neither_taken_over_nor_kept(bureau: Bureau) -> None:
    token = look(bureau.officer, SAMPLE).context["preview"]["token"]
    [path] = kept()
    hour_ago = wall().timestamp() - 3601
    os.utime(path, (hour_ago, hour_ago))
    before = count()
    assert take(bureau.officer, token).status_code == 422
    assert count() == before
    fresh = look(bureau.officer, SAMPLE).context["preview"]["token"]
    assert [kept_path.name for kept_path in kept()] == [fresh]
    assert sweep_previews(before=wall()) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a workbook",
        b"PK\x03\x04" + b"\0" * 100,
        b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        SAMPLE[:-200],
        SAMPLE[:200] + b"\xff" * 400 + SAMPLE[600:],
        b"<html></html>",
    ],
)
@pytest.mark.usefixtures("plan")
def test_a_broken_file_is_refused_with_a_sentence(bureau: Bureau, content: bytes) -> None:
    before = count()
    page = look(bureau.officer, content)
    assert page.status_code == 422
    [sentence] = page.context["form"].errors["workbook"]
    assert sentence.endswith(("。", "."))
    assert 'id="id_workbook_error"' in page.content.decode()
    assert page.context["form"]["plan"].value() == SLUG
    assert "preview" not in page.context
    assert kept() == []
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_a_table_without_the_columns_is_refused_with_their_names(bureau: Bureau) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write_row(0, 0, ["甲", "乙", "丙"])
    page = look(bureau.officer, out.getvalue())
    assert page.status_code == 422
    assert "牵头处室" in page.context["form"].errors["workbook"][0]


@pytest.mark.usefixtures("plan")
def test_a_huge_file_is_refused_before_it_is_looked_into(bureau: Bureau) -> None:
    before = count()
    with patch("songnuan.web.views.units.preview_units") as looked:
        page = look(bureau.officer, b"\0" * (FILE_MAX + 1))
    assert page.status_code == 422
    assert "20" in page.context["form"].errors["workbook"][0]
    looked.assert_not_called()
    assert kept() == []
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_wrong_rows_are_named_and_do_not_hold_up_the_others(bureau: Bureau) -> None:
    before = count()
    wrong = ("西港船闸管理所", "钱望江", "12", "没有这个处", "4月9日")
    page = look(bureau.officer, workbook(ROW, wrong, ("南浦航道管理站", "孙", "19912345679", "无此处室", "")))
    assert page.status_code == 422
    preview = page.context["preview"]
    assert [(row["row"], row["column"]) for row in preview["problems"]] == [(3, "联系电话"), (4, "牵头处室")]
    assert [row.name for row in preview["rows"]] == ["东港船闸管理所"]
    text = page.content.decode()
    assert reverse(TAKE) in text
    assert "无此处室" in text
    assert "19912345678" not in text
    assert count() == before
    page = take(bureau.officer, preview["token"])
    assert page.context["done"]["accepted"] == 1
    assert len(list(page.context["messages"])) == 1
    assert [pair.unit_name for pair in pairs(SLUG, at(6).date())] == ["东港船闸管理所"]


@pytest.mark.usefixtures("plan")
def test_a_workbook_without_a_sound_row_is_not_kept(bureau: Bureau) -> None:
    before = count()
    page = look(bureau.officer, workbook(("西港船闸管理所", "钱望江", "12", "没有这个处", "4月9日")))
    assert page.status_code == 422
    assert page.context["preview"]["token"] == ""
    assert reverse(TAKE) not in page.content.decode()
    assert kept() == []
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_a_table_without_a_row_is_said_and_another_can_be_chosen(bureau: Bureau) -> None:
    before = count()
    page = look(bureau.officer, workbook())
    assert page.status_code == 422
    [sentence] = page.context["form"].errors["workbook"]
    text = page.content.decode()
    assert sentence in text
    assert 'type="file"' in text
    assert page.context["form"]["plan"].value() == SLUG
    assert "preview" not in page.context
    assert kept() == []
    assert count() == before


@pytest.mark.usefixtures("plan")
def test_a_row_that_became_wrong_since_the_look_is_left_out_and_said(bureau: Bureau) -> None:
    token = look(bureau.officer, workbook(ROW)).context["preview"]["token"]
    UnitRecord.objects.filter(name=LEAD).update(name="航道管理处")
    page = take(bureau.officer, token)
    assert page.status_code == 200
    assert page.context["done"]["accepted"] == 0
    assert len(list(page.context["messages"])) == 1
    assert not pairs(SLUG, at(6).date())


def test_a_plan_beyond_reach_or_closed_is_no_choice(bureau: Bureau, plan: Plan) -> None:
    before = count()
    page = look(bureau.officer, SAMPLE, slug="another-plan")
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["plan"]
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.CLOSED)
    assert list(look(bureau.officer, SAMPLE).context["form"].errors) == ["plan"]
    assert count() == before
    assert not Visit.objects.exists()


@pytest.mark.usefixtures("plan")
def test_a_post_without_its_token_of_the_site_is_refused(bureau: Bureau) -> None:
    client = as_(bureau.officer, enforce_csrf_checks=True)
    sent = {"plan": SLUG, "workbook": SimpleUploadedFile("a.xlsx", SAMPLE)}
    assert client.post(reverse(LOOK), sent).status_code == 403
    assert kept() == []
