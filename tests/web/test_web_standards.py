"""The pages on which standards of money to people are read, written and tried."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from benefits.union import DECIDED, NOW, SET, SOURCE, Union, make_union, write
from goods.builders import snapshot
from songnuan.benefits import standardfile
from songnuan.benefits.models import Standard, StandardVersion
from songnuan.kernel.actor import Actor
from web.browsing import as_, on, sent

pytestmark = pytest.mark.django_db(transaction=True)
SLUG = "family-money"
ONE, CHANGE, FILE, TRY = (
    reverse(name, args=(SLUG,)) for name in ("standard", "standard_change", "standard_file", "standard_try")
)
LIST, NEW, NEW_FILE = reverse("standards"), reverse("standard_new"), reverse("standard_new_file")
TABLES = (Standard, StandardVersion)
OPEN = pgettext("amount", "to be decided")
DECISION: dict[str, Any] = {"decision": str(DECIDED["decision"]), "decided_on": "2020-03-01"}
# What the page of SOURCE hands in when nothing was typed.
TYPED = {
    "title": "一线医务人员家属慰问金",
    "starts_on": "2020-01-20",
    "basis_title": "关于做好家属服务工作的意见",
    "basis_number": "澄工发〔2020〕3号",
    "parts-0-by": "once",
    "rows-0-part": "0",
    "rows-0-key": "hubei",
    "rows-0-title": "支援湖北",
    "rows-0-amount": "待定",
    "rows-0-places": "湖北、武汉",
    "rows-1-part": "0",
    "rows-1-key": "front",
    "rows-1-title": "本市防疫一线",
    "rows-1-amount": "XX",
}


@pytest.fixture
def union() -> Union:
    return make_union()


def get(actor: Actor, url: str) -> Any:
    with on(NOW):
        return as_(actor).get(url)


def post(actor: Actor, url: str, base: int = 1, at: datetime = NOW, **told: Any) -> Any:
    with on(at):
        return as_(actor).post(url, sent(base=str(base), **told))


def typed(**changes: str) -> dict[str, Any]:
    """Return what the form hands in, with some inputs changed; “_” in a name of a line stands for “-”."""
    return TYPED | {name.replace("__", "-"): value for name, value in changes.items()}


def refused(answer: Any, *fields: str) -> dict[str, list[str]]:
    """Show that a form was not taken, and that what is wrong stands beside these inputs; return it."""
    form = answer.context["form"]
    assert answer.status_code == 422
    assert set(form.errors) == set(fields)
    page = answer.content.decode()
    for name in fields:
        assert f'id="id_{name}"' in page
        assert f"id_{name}_error" in page
    return {name: [str(one) for one in errors] for name, errors in form.errors.items()}


def book(head: dict[str, str], rows: list[list[Any]]) -> SimpleUploadedFile:
    """Return a workbook with these two sheets."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        first, second = workbook.add_worksheet("标准"), workbook.add_worksheet("各档")
        for number, pair in enumerate([("项目", "内容"), *head.items()]):
            first.write_row(number, 0, pair)
        for number, row in enumerate(rows):
            second.write_row(number, 0, row)
    return SimpleUploadedFile("标准.xlsx", made.getvalue())


def table(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("人员.csv", text.encode())


def test_the_list_is_empty_first_and_then_tells_what_is_open(union: Union) -> None:
    assert NEW in get(union.officer, LIST).content.decode()
    assert NEW not in get(union.approver, LIST).content.decode()
    write(union)
    page = get(union.approver, LIST)
    [line] = page.context["lines"]
    assert (line.rows, line.open_rows, line.unit) == (2, 2, "临澄市总工会")
    assert [item.url for item in page.context["house"].nav if item.current] == [LIST]
    assert not get(union.stranger, LIST).context["lines"]


def test_who_holds_no_post_for_it_finds_no_standard(union: Union) -> None:
    write(union)
    xlsx, yaml = (reverse(name, args=(SLUG, 1)) for name in ("standard_workbook", "standard_yaml"))
    for url in (ONE, CHANGE, FILE, TRY, xlsx, yaml):
        assert get(union.stranger, url).status_code == 404
    assert get(union.officer, f"{ONE}?version=2").status_code == 404
    assert get(union.officer, f"{ONE}?version=x").status_code == 404
    before = snapshot(TABLES)
    for url in (CHANGE, FILE):
        assert post(union.stranger, url, text=SET, **typed()).status_code == 404
        for actor in (union.approver, union.finance, union.inspector):
            assert get(actor, url).status_code == 403
            assert post(actor, url, text=SET, **typed(title="改", **DECISION)).status_code == 403
    for actor in (union.approver, union.finance):
        assert post(actor, NEW, base=0, **typed(slug="other")).status_code == 403
    assert snapshot(TABLES) == before


def test_a_version_is_read_in_words(union: Union) -> None:
    write(
        union,
        SOURCE.replace("places: [湖北, 武汉]", "places: [湖北], contact: true, days_least: 3, factor: 2"),
    )
    page = get(union.finance, ONE)
    text = page.content.decode()
    assert OPEN in text
    assert page.context["parts"][0].rows[0].conditions == (
        _("%(what)s: %(names)s") % {"what": pgettext("condition", "place"), "names": "湖北"},
        pgettext("condition", "direct contact with patients"),
        page.context["parts"][0].rows[0].conditions[2],
    )
    assert CHANGE not in text
    assert CHANGE in get(union.officer, ONE).content.decode()


def test_each_version_stays_readable_and_says_what_changed(union: Union) -> None:
    write(union)
    write(union, SET.replace("title: 本市防疫一线", "title: 本市一线"), base=1, **DECIDED)
    page = get(union.officer, ONE)
    assert [one.number for one in page.context["versions"]] == [2, 1]
    assert [row.what for row in page.context["differences"]] == ["支援湖北", "本市防疫一线 → 本市一线"]
    assert DECISION["decision"] in page.content.decode()
    first = get(union.officer, f"{ONE}?version=1")
    assert first.context["version"].number == 1
    assert not first.context["differences"]
    assert CHANGE not in first.content.decode()
    assert get(union.officer, reverse("standard_yaml", args=(SLUG, 1))).content.decode() == SOURCE


def test_a_standard_is_written_row_by_row(union: Union) -> None:
    form = get(union.officer, NEW).context["form"]
    told = typed(slug=SLUG, unit=str(form["unit"].value()), rows__0__key="", rows__1__key="")
    told |= {"rows-0-relations": ["spouse", "child"], "rows-0-contact": "yes", "rows-0-factor": "2"}
    answer = post(union.officer, NEW, base=0, **told)
    assert answer.status_code == 302
    assert answer.url == ONE
    version = StandardVersion.objects.get()
    assert version.standard.unit_id == union.unit.pk
    [part] = standardfile.read(version.source).parts
    hubei, front = part.rows
    assert (hubei.title, hubei.amount, hubei.factor, hubei.contact) == ("支援湖北", None, 2, True)
    assert (hubei.places, hubei.relations) == (["湖北", "武汉"], ["spouse", "child"])
    assert (front.title, front.amount) == ("本市防疫一线", None)
    assert hubei.key != front.key


def test_a_change_keeps_comments_and_needs_its_decision(union: Union) -> None:
    write(union, f"# 慰问金\n{SOURCE}")
    shown = get(union.officer, CHANGE).context["form"]
    assert shown["rows-0-amount"].value() == OPEN
    set_ = typed(rows__0__amount="5,000", rows__1__amount="2000.50")
    before = snapshot(TABLES)
    told = refused(post(union.officer, CHANGE, **set_), "decision")
    assert "支援湖北、本市防疫一线" in told["decision"][0]
    future = {**DECISION, "decided_on": "2020-03-03"}
    refused(post(union.officer, CHANGE, **set_, **future), "decided_on")
    assert snapshot(TABLES) == before
    assert post(union.officer, CHANGE, **set_, **DECISION).status_code == 302
    second = StandardVersion.objects.get(number=2)
    assert second.source.startswith("# 慰问金\n")
    assert [row.amount for row in standardfile.read(second.source).parts[0].rows] == [500_000, 200_050]


def test_every_fault_stands_beside_its_input(union: Union) -> None:
    write(union)
    before = snapshot(TABLES)
    faults = refused(
        post(
            union.officer,
            CHANGE,
            **typed(
                title="",
                starts_on="2020-02-31",
                ceiling="很多",
                cap_time="0",
                basis_number="长" * 61,
                rows__0__amount="五千",
                rows__0__factor="11",
                rows__0__days_least="三天",
                rows__0__places="长" * 81,
                rows__1__title="",
                rows__1__amount="",
            ),
        ),
        "title",
        "starts_on",
        "ceiling",
        "cap_time",
        "basis_number",
        *(f"rows-0-{name}" for name in ("amount", "factor", "days_least", "places")),
        "rows-1-title",
        "rows-1-amount",
    )
    assert all(len(told) == 1 for told in faults.values())
    for changes, field in (
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"ceiling": "3000"}, "ceiling"),
        ({"ceiling": "3000", "ceiling_basis": "办法", "rows__0__amount": "3000.01"}, "rows-0-amount"),
        ({"rows__0__places": ""}, "rows-1-title"),
        ({"rows__1__key": "hubei"}, "rows-1-title"),
        ({"rows__1__title": "a\x01b"}, "rows-1-title"),
        ({"rows__0__contact": "maybe"}, "rows-0-contact"),
        ({"rows__1__part": "1", "parts__1__by": "week"}, "parts-1-by"),
        ({"parts__1__by": "day", "rows__2__part": "1"}, "rows-2-title"),
    ):
        refused(post(union.officer, CHANGE, **typed(**changes)), field)
    assert snapshot(TABLES) == before


def test_rows_are_added_moved_and_taken_out_with_all_that_was_typed(union: Union) -> None:
    write(union)
    before = snapshot(TABLES)
    told = typed(title="改了一半", starts_on="nonsense", rows__1__amount="二千", decision="纪要")
    told["rows-1-relations"] = ["spouse"]

    def titles(act: str, **more: str) -> list[list[str]]:
        answer = post(union.officer, CHANGE, act=act, **{**told, **more})
        assert answer.status_code == 200
        form = answer.context["form"]
        assert not form.errors
        assert [form[name].value() for name in ("title", "starts_on", "decision")] == [
            "改了一半",
            "nonsense",
            "纪要",
        ]
        page = answer.content.decode()
        assert act.startswith("remove") or 'value="二千"' in page
        return [[row.inputs["title"].value() or "" for row in part.rows] for part in form.part_inputs]

    hubei, front = "支援湖北", "本市防疫一线"
    assert titles("add-0") == [[hubei, front, ""]]
    assert titles("part") == [[hubei, front], [""]]
    assert titles("up-1") == [[front, hubei]]
    assert titles("down-0") == [[front, hubei]]
    assert titles("up-0") == titles("down-1") == titles("up-77") == [[hubei, front]]
    assert titles("remove-1") == [[hubei]]
    assert titles("remove-0", **{"parts-1-by": "day", "rows-1-part": "1"}) == [[front]]
    assert titles("add-0", **{"parts-7-by": "day", "rows-1-part": "7"}) == [[hubei, ""], [front]]
    form = post(union.officer, CHANGE, act="up-1", **told).context["form"]
    assert form["rows-0-relations"].value() == ["spouse"]
    assert form["rows-0-key"].value() == "front"
    assert post(union.officer, CHANGE, act="burn-1", **told).status_code == 400
    assert snapshot(TABLES) == before


def test_a_version_written_meanwhile_is_told_and_nothing_typed_is_lost(union: Union) -> None:
    write(union)
    write(union, SET, base=1, **DECIDED)
    before = snapshot(TABLES)
    for url, told in (
        (CHANGE, typed(title="我的标题")),
        (FILE, {"text": SOURCE.replace("一线医务", "我的"), "decision": ""}),
    ):
        answer = post(union.officer, url, **told)
        assert answer.status_code == 422
        assert answer.context["theirs"].version.number == 2
        assert [row.what for row in answer.context["theirs"].differences] == ["支援湖北", "本市防疫一线"]
        page = answer.content.decode()
        assert "我的" in page
        assert '<input type="hidden" name="base" value="2">' in page
    assert snapshot(TABLES) == before
    assert post(union.officer, CHANGE, base=2, **typed(title="我的标题")).status_code == 302
    assert StandardVersion.objects.get(number=3).title == "我的标题"
    assert post(union.officer, CHANGE, base=9, **typed()).status_code == 400


def test_what_is_posted_twice_is_one_version(union: Union) -> None:
    write(union)
    key = str(uuid4())
    for _time in range(2):
        with on(NOW):
            answer: Any = as_(union.officer).post(CHANGE, {**typed(title="新标题"), "base": "1", "key": key})
        assert (answer.status_code, answer.url) == (302, ONE)
    assert StandardVersion.objects.count() == 2
    same = post(union.officer, CHANGE, base=2, **typed(title="新标题"))
    assert same.context["form"].non_field_errors()
    assert StandardVersion.objects.count() == 2


def test_a_workbook_comes_back_as_the_same_standard(union: Union) -> None:
    write(
        union,
        SOURCE.replace("places: [湖北, 武汉]", "places: [湖北], relations: [spouse, other], contact: false"),
    )
    with on(NOW):
        made: Any = as_(union.officer).get(reverse("standard_workbook", args=(SLUG, 1)))
        content = b"".join(made.streaming_content)
    before = snapshot(TABLES)
    same = post(union.officer, FILE, file=SimpleUploadedFile("标准.xlsx", content))
    assert same.status_code == 422
    assert same.context["form"].non_field_errors()
    assert snapshot(TABLES) == before
    new = post(
        union.officer, NEW_FILE, base=0, unit=str(union.unit.pk), file=SimpleUploadedFile("a.xlsx", content)
    )
    assert [SLUG in str(one) for one in new.context["form"].non_field_errors()] == [True]
    assert snapshot(TABLES) == before


HEAD = {
    "短名": SLUG,
    "标准名称": "慰问金",
    "起始日期": "2020年1月20日",
    "依据文件": "意见",
    "文号": "澄工发〔2020〕3号",
}
ROWS: list[list[Any]] = [
    ["部分", "计发方式", "标识", "档次名称", "金额（元）", "地点", "关系", "直接接触"],
    [1, "一次性", "hubei", "支援湖北", "待定", "湖北、武汉", "丈夫，儿子", "是"],
    [1, "", "", "本市", "待定", "", "", ""],
    [2, "按天", "", "每天", 0, "", "", ""],
]


def test_a_workbook_is_a_new_standard_and_its_faults_name_their_cells(union: Union) -> None:
    where: dict[str, Any] = {"base": 0, "unit": str(union.unit.pk)}
    wrong = [ROWS[0], [*ROWS[1][:4], "五千", "", "邻居", "大概"], ROWS[2], ROWS[3]]
    told = refused(post(union.officer, NEW_FILE, file=book(HEAD, wrong), **where), "file")["file"]
    assert ["各档" in one and ("G" in one or "H" in one) for one in told] == [True, True]
    head = {**HEAD, "起始日期": "昨天", "文号": ""}
    told = refused(post(union.officer, NEW_FILE, file=book(head, ROWS), **where), "file")["file"]
    assert len(told) == 3
    assert any("起始日期" in one and "标准" in one for one in told)
    assert any("文号" in one for one in told)
    assert any(
        "各档" in one
        and "4" in one
        and "E 金额（元）" in one.replace("“", " ").replace("列", "").replace("”", "")
        for one in told
    )
    formula = [ROWS[0], [*ROWS[1][:4], "=1+1", *ROWS[1][5:]]]
    refused(post(union.officer, NEW_FILE, file=book(HEAD, formula), **where), "file")
    refused(post(union.officer, NEW_FILE, file=book({}, [["a"], ["b"]]), **where), "file")
    assert not Standard.objects.exists()
    assert post(union.officer, NEW_FILE, file=book(HEAD, ROWS[:3]), **where).status_code == 302
    [part] = standardfile.read(StandardVersion.objects.get().source).parts
    assert [row.relations for row in part.rows] == [["spouse", "child"], []]
    assert part.rows[0].contact is True


def test_what_is_no_standard_is_refused_whole(union: Union) -> None:
    write(union)
    before = snapshot(TABLES)
    bomb = "a: &a [x]\nb: [*a, *a]\n"
    for told, field in (
        ({"text": ""}, "file"),
        ({"text": bomb}, "text"),
        ({"text": "slug: [\n"}, "text"),
        (
            {"text": SOURCE.replace("by: once", "by: week").replace("starts_on: 2020-01-20", "starts_on: x")},
            "text",
        ),
        ({"text": SOURCE.replace(SLUG, "other-money")}, "text"),
        ({"file": SimpleUploadedFile("a.yaml", b"\xff\xfe\x00")}, "file"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04nothing")}, "file"),
        ({"file": SimpleUploadedFile("a.exe", b"MZ")}, "file"),
        ({"file": SimpleUploadedFile("a.yaml", b"x" * 5_000_001)}, "file"),
    ):
        refused(post(union.officer, FILE, **told), field)
    assert snapshot(TABLES) == before


def test_a_file_that_lacks_only_its_decision_has_not_to_be_chosen_again(union: Union) -> None:
    write(union)
    answer = post(union.officer, FILE, file=SimpleUploadedFile("a.yaml", SET.encode()))
    refused(answer, "decision")
    assert answer.context["form"]["text"].value() == SET
    assert post(union.officer, FILE, text=SET, **DECISION).status_code == 302
    assert StandardVersion.objects.get(number=2).source == SET


def test_a_standard_is_tried_and_what_could_not_be_read_is_marked(union: Union) -> None:
    write(union, SET)
    before = snapshot(TABLES)
    rows = ("2020-02-01,2020-02-05,武汉", "2020-02-01,,本市", "昨天,,武汉", "2020-02-05,2020-02-01,武汉")
    people = "\n".join(("开始日期,结束日期,地点", *rows))
    answer = post(union.inspector, TRY, file=table(people), as_of="2020-03-02")
    trial = answer.context["trial"]
    assert (trial.count, trial.total_minor, trial.unread_count) == (4, 700_000, 2)
    assert [line.rule for line in trial.rows] == ["支援湖北", "本市防疫一线", "", ""]
    text = answer.content.decode()
    assert "人民币柒仟元整" in text
    assert "昨天" in text
    assert snapshot(TABLES) == before
    refused(post(union.officer, TRY, file=table("地点\n武汉\n"), as_of="2020-03-02"), "file")
    refused(post(union.officer, TRY, file=table("\n"), as_of="2020-03-02"), "file")
    refused(post(union.officer, TRY, as_of="2020-03-40"), "file", "as_of")
    many = "开始日期\n" + "2020-02-01\n" * 5_001
    refused(post(union.officer, TRY, file=table(many), as_of="2020-03-02"), "file")


def test_open_amounts_come_to_nothing_and_answers_are_kept_as_files(union: Union) -> None:
    write(union, SOURCE.replace("title: 支援湖北", 'title: "=1+1"'))
    people = "开始日期,地点\n2020-02-01,武汉\n"
    trial = post(union.officer, TRY, file=table(people), as_of="2020-03-02").context["trial"]
    assert (trial.total_minor, trial.open_count, trial.rows[0].answer.amount_minor) == (0, 1, None)
    told: dict[str, Any] = {"file": table(people), "as_of": "2020-03-02", "as": "csv"}
    rows = post(union.officer, TRY, **told).content.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("2,,'=1+1,")
    made = post(union.officer, TRY, **{**told, "file": table(people), "as": "xlsx"})
    assert made.content.startswith(b"PK")


def test_a_standard_of_more_rows_than_a_page_holds_is_changed_as_a_workbook(union: Union) -> None:
    rows = "".join(
        f"      - {{key: r{number}, title: 第{number}, amount: XX, places: [地{number}]}}\n"
        for number in range(49)
    )
    parts = SOURCE.partition("parts:")[0] + "parts:\n" + f"  - by: once\n    rows:\n{rows}"
    more = rows.replace("key: r", "key: s")
    write(union, f"{parts}  - by: day\n    rows:\n{more}")
    answer = get(union.officer, CHANGE)
    assert (answer.status_code, answer.url) == (302, FILE)


def test_the_days_of_a_decision_go_by_the_house(union: Union) -> None:
    write(union, at=NOW - timedelta(days=3))
    told = typed(rows__0__amount="5000", rows__1__amount="2000", decision="纪要", decided_on="2020-03-02")
    assert post(union.officer, CHANGE, **told).status_code == 302
