"""The pages on which layouts of bank files are read, written, brought in and taken out."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from benefits.union import NOW, Union, make_union
from goods.builders import make_person, make_unit, snapshot
from payments.layout_builders import cells, layout
from songnuan.journeys.write_layout import write_layout
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.payments.layout_queries import layout_of
from songnuan.payments.layouts import reading
from songnuan.payments.models import BankLayout
from songnuan.web.templatetags.trail_words import stream_names
from songnuan.web.trail_named import Named
from songnuan.web.trail_standards import bank_layouts
from songnuan.web.views.shared import reader_of
from web.browsing import as_, on, sent, user_of

pytestmark = pytest.mark.django_db(transaction=True)
LIST, NEW, NEW_FILE = (reverse(name) for name in ("bank_layouts", "bank_layout_new", "bank_layout_new_file"))
CHANGE, FILE = (reverse(name, args=("union-bank",)) for name in ("bank_layout_change", "bank_layout_file"))
TYPED: dict[str, Any] = {
    "title": "工会开户行",
    "slug": "union-bank",
    "kind": "csv",
    "encoding": "gb18030",
    "delimiter": "comma",
    "ending": "crlf",
    "header": "on",
    "total": "last",
    "money": "yuan",
    "rows-0-heading": "账号",
    "rows-0-content": "account",
    "rows-0-sum": "text",
    "rows-0-sum_text": "合计",
    "rows-1-heading": "户名",
    "rows-1-content": "name",
    "rows-1-longest": "30",
    "rows-2-heading": "金额",
    "rows-2-content": "amount",
    "rows-2-sum": "sum",
    "rows-4-heading": "用途",
    "rows-4-content": "fixed",
    "rows-4-text": "ev",
    "results_account": "账号、收款账号",
    "results_outcome": "结果",
    "results_paid": "成功、交易成功",
    "results_failed": "失败",
    "results_unit": "yuan",
    "remark": "开户行告知",
}


@pytest.fixture
def union() -> Union:
    return make_union()


def get(actor: Actor, url: str) -> Any:
    with on(NOW):
        return as_(actor).get(url)


def post(actor: Actor, url: str, base: int = 0, **told: Any) -> Any:
    with on(NOW):
        return as_(actor).post(url, sent(base=str(base), **told))


def keep(union: Union, **changes: Any) -> str:
    source = reading.written(layout("csv-coded", **{"slug": "union-bank", "title": "工会开户行", **changes}))
    told: dict[str, Any] = {
        "unit_id": union.unit.pk,
        "base": 0,
        "note": "",
        "key": uuid4(),
        "actor": union.finance,
        "at": NOW,
    }
    return write_layout(source=source, **told)


def refused(answer: Any, *fields: str) -> dict[str, list[str]]:
    """Show that a form was not taken, and that what is wrong stands beside these inputs; return it."""
    form = answer.context["form"]
    assert answer.status_code == 422
    assert set(form.errors) == set(fields)
    page = answer.content.decode()
    for name in fields:
        assert f"id_{name}_error" in page
    return {name: [str(one) for one in errors] for name, errors in form.errors.items()}


def test_the_list_shows_the_shipped_ones_and_then_the_own(union: Union) -> None:
    page = get(union.finance, LIST)
    assert [line.slug for line in page.context["shipped"]] == ["csv-coded", "text-bars", "workbook-five"]
    assert not page.context["own"]
    assert NEW in page.content.decode()
    assert NEW not in get(union.inspector, LIST).content.decode()
    keep(union)
    [line] = get(union.inspector, LIST).context["own"]
    assert (line.slug, line.unit) == ("union-bank", "临澄市总工会")
    assert LIST in get(union.finance, reverse("funds")).content.decode()


def test_who_sees_no_funds_sees_no_layouts_and_no_other_unit_s(union: Union) -> None:
    liaison = make_person("本单位联络员", Role.UNIT_LIAISON, union.unit)
    assert get(liaison, LIST).status_code == 403
    keep(union)
    elsewhere = make_person("别处财务", Role.FINANCE, make_unit("平川市水运局"))
    assert not get(elsewhere, LIST).context["own"]
    for name in ("bank_layout", "bank_layout_yaml", "bank_layout_example", "bank_layout_change"):
        assert get(elsewhere, reverse(name, args=("union-bank",))).status_code == 404
    assert get(union.inspector, NEW).status_code == 403
    before = snapshot((BankLayout,))
    assert post(union.inspector, CHANGE, 1, **TYPED).status_code == 403
    assert post(elsewhere, CHANGE, 1, **TYPED).status_code == 404
    assert snapshot((BankLayout,)) == before


@pytest.mark.parametrize("slug", ["csv-coded", "text-bars", "workbook-five"])
def test_a_layout_is_shown_in_words_with_an_example(union: Union, slug: str) -> None:
    page = get(union.finance, reverse("bank_layout", args=(slug,)))
    text = page.content.decode()
    for column in layout(slug).columns:
        assert column.heading in text
    assert "阿依古丽·买买提" in text
    assert f"{NEW}?from={slug}" in text
    example = get(union.finance, reverse("bank_layout_example", args=(slug,)))
    rows = cells(example.content)
    shown = [list(row) for kind, row in page.context["example"].rows if kind == "line"]
    assert len(rows) == 4
    names = [column.heading for column in layout(slug).columns if column.content in {"account", "name"}]
    for name in names:
        place = [column.heading for column in layout(slug).columns].index(name)
        assert [row[place] for row in rows[1:]] == [row[place] for row in shown]


def test_a_layout_goes_out_as_yaml_and_comes_in_again(union: Union) -> None:
    got = get(union.finance, reverse("bank_layout_yaml", args=("csv-coded",)))
    assert reading.read(got.content.decode()) == layout("csv-coded")
    source = got.content.decode().replace("slug: csv-coded", "slug: union-bank")
    file = SimpleUploadedFile("layout.yaml", source.encode())
    answer = post(union.finance, NEW_FILE, unit=union.unit.pk, file=file)
    assert answer.status_code == 302
    assert layout_of("union-bank").columns == layout("csv-coded").columns
    again = post(union.finance, NEW_FILE, unit=union.unit.pk, text=got.content.decode())
    assert "csv-coded" in refused_form(again)
    bad = post(union.finance, FILE, 1, text=source.replace("content: account", "content: bank"))
    assert len(refused(bad, "text")["text"]) == 1
    other = post(union.finance, FILE, 1, text=source.replace("slug: union-bank", "slug: other"))
    assert "other" in refused(other, "text")["text"][0]
    empty = post(union.finance, FILE, 1, text=" ")
    refused(empty, "file")
    assert BankLayout.objects.count() == 1


def refused_form(answer: Any) -> str:
    assert answer.status_code == 422
    return " ".join(str(one) for one in answer.context["form"].non_field_errors())


def test_own_made_from_a_shipped_one_is_the_same(union: Union) -> None:
    for slug in ("csv-coded", "text-bars", "workbook-five"):
        form = get(union.finance, f"{NEW}?from={slug}").context["form"]
        told: dict[str, Any] = {
            name: value
            for name in form.fields
            if (value := form[name].value()) not in {None, False, ""} and name != "unit"
        }
        told = {name: "on" if value is True else value for name, value in told.items()}
        own = f"own-{slug}"
        answer = post(union.finance, NEW, unit=union.unit.pk, **{**told, "slug": own})
        assert answer.status_code == 302, answer.context["form"].errors
        made, stands = layout_of(own), layout(slug)
        assert made.title.startswith(stands.title)
        assert made.model_copy(update={"slug": slug, "title": stands.title}) == stands


def test_a_layout_is_written_column_by_column(union: Union) -> None:
    answer = post(union.finance, NEW, unit=union.unit.pk, **TYPED)
    assert answer.status_code == 302
    made = layout_of("union-bank")
    assert [column.heading for column in made.columns] == ["账号", "户名", "金额", "用途"]
    assert made.columns[1].longest == 30
    assert made.total is not None
    assert [cell.content.value for cell in made.total.cells] == ["text", "empty", "sum"]
    assert made.results.paid == ("成功", "交易成功")
    assert BankLayout.objects.get().note == "开户行告知"
    page = get(union.finance, reverse("bank_layout", args=("union-bank",)))
    assert "合计" in page.content.decode()
    same = post(union.finance, CHANGE, 1, **{**TYPED, "remark": "再"})
    assert same.status_code == 422
    changed = post(union.finance, CHANGE, 1, **{**TYPED, "title": "工会开户行二"})
    assert changed.status_code == 302
    assert [row.number for row in BankLayout.objects.order_by("pk")] == [1, 2]
    old = get(union.finance, reverse("bank_layout", args=("union-bank",)) + "?version=1")
    assert old.context["seen"].layout.title == "工会开户行"


def test_what_is_wrong_stands_beside_its_input(union: Union) -> None:
    answer = post(
        union.finance, NEW, unit=union.unit.pk, **{**TYPED, "rows-4-text": "", "rows-1-heading": "账号"}
    )
    refused(answer, "rows-3-text", "rows-1-heading")
    refused(post(union.finance, NEW, unit=union.unit.pk, **{**TYPED, "slug": "csv-coded"}), "slug")
    refused(
        post(union.finance, NEW, unit=union.unit.pk, **{**TYPED, "rows-2-content": "bank"}), "rows-0-content"
    )
    refused(post(union.finance, NEW, unit=union.unit.pk, **{**TYPED, "results_failed": ""}), "results_failed")
    refused(
        post(union.finance, NEW, unit=union.unit.pk, **{**TYPED, "rows-1-longest": "很多"}), "rows-1-longest"
    )
    refused(
        post(union.finance, NEW, unit=union.unit.pk, **{**TYPED, "rows-0-sum_text": ""}), "rows-0-sum_text"
    )
    refused(
        post(union.finance, NEW, unit=union.unit.pk, **{**TYPED, "results_order": "账号、什么"}),
        "results_order",
    )
    refused(post(union.finance, NEW, unit=union.unit.pk, **{**TYPED, "title": ""}), "title")
    assert not BankLayout.objects.exists()


def test_the_buttons_of_columns_keep_what_was_typed(union: Union) -> None:
    def order(act: str) -> list[str]:
        answer = post(union.finance, NEW, unit=union.unit.pk, act=act, **TYPED)
        assert answer.status_code == 200
        form = answer.context["form"]
        assert form["title"].value() == "工会开户行"
        return [str(column.inputs["heading"].value() or "") for column in form.columns]

    assert order("add") == ["账号", "户名", "金额", "用途", ""]
    assert order("up-1") == ["户名", "账号", "金额", "用途"]
    assert order("down-3") == ["账号", "户名", "金额", "用途"]
    assert order("remove-3") == ["账号", "户名", "金额"]
    assert order("remove-9") == ["账号", "户名", "金额", "用途"]
    assert post(union.finance, NEW, act="drop-1", **TYPED).status_code == 400
    assert not BankLayout.objects.exists()


def test_two_at_once_and_a_double_click(union: Union) -> None:
    keep(union)
    with on(NOW):
        browser = as_(union.finance)
        told = sent(base="1", **TYPED)
        assert browser.post(CHANGE, told).status_code == 302
        assert browser.post(CHANGE, told).status_code == 302
    assert BankLayout.objects.count() == 2
    late = post(union.finance, CHANGE, 1, **{**TYPED, "title": "晚了"})
    assert late.status_code == 422
    assert late.context["theirs"].version.number == 2
    assert late.context["number"] == 2
    assert BankLayout.objects.count() == 2


def test_one_that_can_no_longer_be_read_is_written_anew_from_a_file_of_its_own(union: Union) -> None:
    unit, by = union.unit.pk, union.finance.user_id
    BankLayout.objects.create(
        slug="union-bank", number=1, unit_id=unit, title="旧", body="{}", written_by_id=by, written_at=NOW
    )
    keep(union, slug="other-bank")
    answer = get(union.finance, CHANGE)
    assert (answer.status_code, answer.url) == (302, FILE)
    source = reading.written(layout("csv-coded", slug="other-bank", title="另一家"))
    other = post(union.finance, FILE, 1, text=source)
    assert "other-bank" in refused(other, "text")["text"][0]
    assert BankLayout.objects.count() == 2
    own = source.replace("slug: other-bank", "slug: union-bank")
    assert post(union.finance, FILE, 1, text=own).status_code == 302
    assert layout_of("union-bank").title == "另一家"


def test_a_short_name_of_another_unit_is_said_beside_its_input(union: Union) -> None:
    keep(union)
    unit = make_unit("平川市水运局")
    before = snapshot((BankLayout,))
    elsewhere = make_person("别处财务", Role.FINANCE, unit)
    refused(post(elsewhere, NEW, unit=unit.pk, **TYPED), "slug")
    assert snapshot((BankLayout,)) == before


def test_the_trail_names_the_layout_and_leads_to_it(union: Union) -> None:
    keep(union)
    assert "工会开户行" in stream_names(["bank-layout:union-bank"])["bank-layout:union-bank"]
    with on(NOW):
        for actor, url in (
            (union.inspector, reverse("bank_layout", args=("union-bank",))),
            (union.stranger, ""),
        ):
            request = RequestFactory().get("/")
            request.user = user_of(actor)
            told = bank_layouts(["union-bank", "nowhere"], reader_of(request))
            assert told == {"union-bank": Named("工会开户行", url)}
