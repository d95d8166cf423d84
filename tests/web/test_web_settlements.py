"""The pages on which what was settled already is read, recorded and withdrawn."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from benefits.register import Register, make_register
from benefits.settled import TABLES, merge, record, row, table, with_number
from benefits.test_lists import FAMILIES
from benefits.union import NOW, SET, TODAY, write
from goods.builders import snapshot
from songnuan.benefits.models import Settlement, Standard
from songnuan.benefits.settled_file import HEADINGS
from songnuan.kernel.actor import Actor
from songnuan.people.erasure import erase
from songnuan.people.models import Person
from web.browsing import as_, on, queries_of, sent, trail_length

pytestmark = pytest.mark.django_db(transaction=True)
SLUG = "family-money"
LIST, ONE, FILE, SAMPLE = (
    reverse(f"settlement{name}", args=(SLUG,)) for name in ("s", "_record", "_file", "_sample")
)
PAGES = (LIST, ONE, FILE, SAMPLE)


@pytest.fixture
def register() -> Register:
    found = make_register()
    write(found.union, FAMILIES)
    return found


def get(actor: Actor, url: str) -> Any:
    with on(NOW):
        return as_(actor).get(url)


def post(actor: Actor, url: str, **told: Any) -> Any:
    with on(NOW):
        return as_(actor).post(url, sent(**told))


def upload(content: bytes, name: str = "已结算.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def withdraw_url(pk: int) -> str:
    return reverse("settlement_withdraw", args=(SLUG, pk))


def settled(register: Register, *names: str) -> list[Settlement]:
    """Record a hundred yuan for each of these people, out of one file."""
    numbers = {name: with_number(register, name, place) for place, name in enumerate(names, 1)}
    record(register, table(*(row(name, 身份证号=told, 金额=100) for name, told in numbers.items())))
    return list(Settlement.objects.order_by("pk"))


def form(**changes: str) -> dict[str, str]:
    names = (
        "payee_name",
        "payee_number",
        "relative_name",
        "relative_number",
        "amount",
        "starts_on",
        "ends_on",
    )
    return {**dict.fromkeys(names, ""), "paid_on": "2020-02-20", "source": "市总工会", **changes}


def test_nothing_settled_says_what_to_do_and_the_standard_leads_here(register: Register) -> None:
    page = get(register.officer, LIST)
    assert page.status_code == 200
    assert FILE in page.content.decode()
    assert LIST in get(register.officer, reverse("standard", args=(SLUG,))).content.decode()
    assert FILE not in get(register.union.inspector, LIST).content.decode()


def test_the_list_names_people_to_who_sees_them_and_masks_them_to_others(register: Register) -> None:
    settled(register, "欧阳望江")
    assert "欧阳望江" in get(register.officer, LIST).content.decode()
    hidden = get(register.union.approver, LIST).content.decode()
    assert "欧阳望江" not in hidden
    assert "欧阳**" in hidden
    assert "人民币壹佰元整" in hidden
    Person.objects.update(restricted=True)
    assert "欧阳望江" not in get(register.officer, LIST).content.decode()


def test_the_list_goes_on_by_the_key_of_its_last_row(register: Register) -> None:
    settled(register, *(f"某某{number}" for number in range(51)))
    with on(NOW):
        client = as_(register.officer)
        first = client.get(LIST)
        assert len(first.context["lines"]) == 50
        older = client.get(f"{LIST}?before={first.context['older']}")
        assert len(older.context["lines"]) == 1
        assert older.context["older"] is None
        assert client.get(f"{LIST}?before=x").status_code == 200
        many = queries_of(client, LIST)
        Settlement.objects.filter(pk__gt=Settlement.objects.earliest("pk").pk + 2).delete()
        assert queries_of(client, LIST) == many


def test_somebody_is_found_by_what_was_typed_which_is_in_no_address(register: Register) -> None:
    settled(register, "赵望江", "赵望河", "钱守江")
    for text, count in (("赵望", 2), ("赵望江", 1), ("无此人", 0)):
        page = post(register.officer, LIST, text=text)
        assert (page.status_code, len(page.context["lines"])) == (200, count)
    number = Person.objects.get(name="赵望河").id_number or ""
    assert [line.payee for line in post(register.officer, LIST, text=number).context["lines"]] == ["赵望河"]
    for text, count in (("赵望", 0), ("赵望江", 1), (number, 0)):
        assert len(post(register.union.approver, LIST, text=text).context["lines"]) == count


def test_a_file_is_looked_at_and_then_recorded_once(register: Register) -> None:
    told = with_number(register, "甲")
    content = table(row("甲", 身份证号=told, 金额="1,500"), row("合计", 金额=1500))
    before = snapshot(TABLES)
    page = post(register.officer, FILE, file=upload(content), source="")
    text = page.content.decode()
    assert page.status_code == 200
    assert "人民币壹仟伍佰元整" in text
    assert "备注" in text
    assert snapshot(TABLES) == before
    key, token = str(uuid4()), page.context["token"]
    with on(NOW):
        client = as_(register.officer)
        for _time in range(2):
            done: Any = client.post(FILE, {"key": key, "token": token})
            assert (done.status_code, done.url) == (302, LIST)
    assert Settlement.objects.count() == 1
    gone = post(register.officer, FILE, token=token)
    assert gone.url == FILE
    again = post(register.officer, FILE, file=upload(content), source="")
    assert (again.context["token"], again.context["looked"].fresh) == ("", 0)
    assert "2020年" in again.content.decode() or "3月2日" in again.content.decode()
    assert Settlement.objects.count() == 1


def test_a_token_opens_the_file_for_who_brought_it_alone(register: Register) -> None:
    told = with_number(register, "甲")
    write(register.union, SET.replace(SLUG, "other-money"))
    page = post(register.officer, FILE, file=upload(table(row("甲", 身份证号=told, 金额=1))), source="")
    token = page.context["token"]
    other = reverse("settlement_file", args=("other-money",))
    assert post(register.officer, other, token=token).url == other
    assert post(register.officer, FILE, token="../../etc/passwd").url == FILE
    assert not Settlement.objects.exists()


def test_faults_stand_with_their_rows_and_nothing_is_kept(register: Register) -> None:
    told = with_number(register, "甲")
    before, length = snapshot(TABLES), trail_length()
    rows = [row("甲", 身份证号=told, 金额="许多") for _row in range(120)]
    page = post(register.officer, FILE, file=upload(table(*rows)), source="")
    assert (page.status_code, page.context["token"]) == (422, "")
    assert (len(page.context["faults"]), page.context["more"], page.context["faulty"]) == (100, 20, 120)
    assert "金额（元）" in page.content.decode()
    assert told not in page.content.decode()
    for content, name in ((b"%PDF-1.4", "a.xlsx"), (b"", "a.csv"), (table(), "a.xlsx"), (b"x", "a.exe")):
        wrong = post(register.officer, FILE, file=upload(content, name), source="")
        assert wrong.status_code == 422
        assert set(wrong.context["form"].errors) == {"file"}
    assert post(register.officer, FILE, source="").status_code == 422
    assert (snapshot(TABLES), trail_length()) == (before, length)


def test_a_single_sum_is_recorded_and_what_is_wrong_stands_beside_its_field(register: Register) -> None:
    told = with_number(register, "甲")
    register.employ("乙")
    before = snapshot(TABLES)
    for changes, field in (
        ({"payee_number": told[:-1] + "0", "amount": "5"}, "payee_number"),
        ({"payee_number": told, "payee_name": "丙", "amount": "5"}, "payee_number"),
        ({"payee_name": "无此人", "amount": "5"}, "payee_name"),
        ({"amount": "5"}, "payee_name"),
        ({"payee_name": "乙"}, "amount"),
        ({"payee_name": "乙", "amount": "x"}, "amount"),
        ({"payee_name": "乙", "starts_on": "2020-02-01", "ends_on": "2020-02-02"}, "relative_name"),
        ({"payee_name": "乙", "amount": "5", "starts_on": "2020-02-01"}, "ends_on"),
        ({"payee_name": "乙", "amount": "5", "paid_on": f"{TODAY + timedelta(days=1)}"}, "paid_on"),
        ({"payee_name": "乙", "amount": "5", "source": ""}, "source"),
    ):
        page = post(register.officer, ONE, **form(**changes))
        assert (page.status_code, set(page.context["form"].errors)) == (422, {field}), changes
        assert f'aria-describedby="id_{field}' in page.content.decode()
    assert snapshot(TABLES) == before
    key = str(uuid4())
    for _time in range(2):
        done = post(register.officer, ONE, **form(payee_number=told, amount="5.5"), key=key)
        assert (done.status_code, done.url) == (302, LIST)
    assert Settlement.objects.get().amount_minor == 5_50
    again = post(register.officer, ONE, **form(payee_number=told, amount="5.50"))
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["__all__"])


def test_of_the_own_service_no_relative_is_asked_for(register: Register) -> None:
    write(register.union, SET.replace(SLUG, "own-money"))
    register.employ("甲")
    url = reverse("settlement_record", args=("own-money",))
    assert "relative_name" not in get(register.officer, url).context["form"].fields
    told = form(payee_name="甲", starts_on="2020-02-01", ends_on="2020-02-03")
    assert post(register.officer, url, **told).status_code == 302
    assert Settlement.objects.get().qualifier == register.person("甲")


def test_what_is_wrong_is_withdrawn_with_its_reason_and_stays_struck(register: Register) -> None:
    first, second, third = settled(register, "甲某", "乙某", "丙某")
    page = get(register.officer, withdraw_url(first.pk))
    assert page.status_code == 200
    assert "甲某" in page.content.decode()
    before = snapshot(TABLES)
    assert post(register.officer, withdraw_url(first.pk), why=" ").status_code == 422
    assert snapshot(TABLES) == before
    key = str(uuid4())
    for _time in range(2):
        assert post(register.officer, withdraw_url(first.pk), why="重复登记", key=key).url == LIST
    assert len(get(register.officer, LIST).context["lines"]) == 2
    struck = get(register.officer, f"{LIST}?state=withdrawn").content.decode()
    assert '<span class="struck">甲某</span>' in struck
    assert "重复登记" in struck
    over = post(register.officer, withdraw_url(first.pk), why="再撤")
    assert over.status_code == 422
    assert post(register.officer, withdraw_url(second.pk), why="整表", whole_file="on").url == LIST
    third.refresh_from_db()
    assert third.withdrawn_why == "整表"


def test_who_may_not_sees_and_changes_nothing(register: Register) -> None:
    [one] = settled(register, "甲")
    union = register.union
    before = snapshot(TABLES)
    for url in (*PAGES, withdraw_url(one.pk)):
        assert get(union.stranger, url).status_code == 404
        assert Client().get(url).status_code == 302
    for actor in (union.approver, union.finance, union.inspector):
        assert get(actor, LIST).status_code == 200
        assert get(actor, SAMPLE).status_code == 200
        for url in (ONE, FILE, withdraw_url(one.pk)):
            assert get(actor, url).status_code == 403
        assert post(actor, ONE, **form(payee_name="甲", amount="5")).status_code == 403
        assert post(actor, FILE, token="0" * 32).status_code == 403
        assert post(actor, withdraw_url(one.pk), why="错").status_code == 403
    assert post(union.stranger, withdraw_url(one.pk), why="错").status_code == 404
    assert post(union.stranger, LIST, text="甲").status_code == 404
    for name in ("settlements", "settlement_record", "settlement_file", "settlement_sample"):
        assert get(register.officer, reverse(name, args=("none",))).status_code == 404
    assert get(register.officer, withdraw_url(0)).status_code == 404
    assert snapshot(TABLES) == before


def test_who_was_merged_or_erased_since_stands_as_such(register: Register) -> None:
    settled(register, "甲某", "乙某", "丙某")
    for name, into in (("甲某", "赵守江"), ("乙某", "丁某")):
        merge(register.person(name), register.person(into))
    erase({register.person("丙某").pk, register.person("丁某").pk}, TODAY, NOW)
    shown = [line.payee for line in get(register.officer, LIST).context["lines"]]
    assert shown == [_("(an erased person)"), _("(an erased person)"), "赵守江"]
    [line] = post(register.officer, LIST, text="赵守江").context["lines"]
    assert line.row.amount_minor == 100_00
    assert not post(register.officer, LIST, text="甲某").context["lines"]


def test_an_entry_of_another_standard_is_not_withdrawn_here(register: Register) -> None:
    write(register.union, SET.replace(SLUG, "own-money"))
    [one] = settled(register, "甲")
    Settlement.objects.filter(pk=one.pk).update(standard=Standard.objects.get(slug="own-money"))
    assert post(register.officer, withdraw_url(one.pk), why="错").status_code == 404


def test_the_empty_workbook_has_the_headings_and_is_read_back(register: Register) -> None:
    answer = get(register.officer, SAMPLE)
    content = b"".join(answer.streaming_content)
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    [headings] = book.get_sheet_by_index(0).to_python()
    assert headings == [*HEADINGS.values(), "备注"]
    page = post(register.officer, FILE, file=upload(content), source="")
    assert page.status_code == 422
    assert "file" in page.context["form"].errors
