"""The pages of double payments: looked through, decided one by one and at once; and who sees what."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from benefits.double_oracle import Man, Sum, World
from benefits.doubling import Doubling
from benefits.register import make_register
from benefits.union import NOW, SET, write
from goods.builders import make_person, make_unit, snapshot
from songnuan.benefits.double_models import Finding, FindingDecision, KnownDead
from songnuan.benefits.models import Entitlement, Reckoning, Standard, StandardVersion
from songnuan.journeys.living_plan import progress_of
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.people.columns import index
from songnuan.plans.models import Measure, MeasureStatus, Plan, PlanStatus
from web.browsing import as_, on

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Finding, FindingDecision, Entitlement, Reckoning, KnownDead)
SETTINGS = {"standard": "family-money", "roster": "staff", "fund": "临工财〔2020〕6号"}
PAIR = World(
    [Man("王小芳", account="1"), Man("王晓芳", account="1")], [Sum(0, 0, 1000_00), Sum(1, 1, 2000_00)]
)


@pytest.fixture
def there() -> Doubling:
    made = make_register()
    Measure.objects.filter(pk=made.measure.pk).update(
        kind="grants", settings=SETTINGS, status=MeasureStatus.OPEN, opened_at=NOW
    )
    Plan.objects.filter(pk=made.measure.plan_id).update(status=PlanStatus.OPEN)
    write(made.union, SET)
    return Doubling(made, StandardVersion.objects.get())


def get(there: Doubling, actor: Actor | None = None, query: str = "", name: str = "doubles") -> Any:
    with on(NOW):
        return as_(actor or there.register.officer).get(
            reverse(name, args=(there.register.measure.pk,)) + query
        )


def post(there: Doubling, actor: Actor | None = None, **told: object) -> Any:
    with on(NOW):
        url = reverse("doubles", args=(there.register.measure.pk,))
        return as_(actor or there.register.officer).post(url, {"key": str(uuid4()), **told})


def decide(there: Doubling, verb: str, actor: Actor | None = None, **told: object) -> Any:
    one = Finding.objects.get()
    facts = {"place": one.pk, "finding": one.pk, "verb": verb, "reason": "已电话核实", **told}
    return post(there, actor, **facts)


def test_two_lines_stand_side_by_side_and_either_is_taken_out(there: Doubling) -> None:
    there.fill(PAIR)
    page = get(there).content.decode()
    for words in ("姓名相近，银行账号相同", "王小芳", "王晓芳", "1,000.00", "2,000.00", "剔除对方"):
        assert words in page, words
    grants = get(there, name="grants").content.decode()
    assert "姓名相近，银行账号相同" in grants
    [progress] = progress_of([there.register.measure_now()], NOW).values()
    assert "1 条待核重复" in progress.notes
    answer = decide(there, "other_out")
    assert answer.status_code == 302
    assert Reckoning.objects.get().total_minor == 2000_00
    assert not get(there).context["rows"]
    [row] = get(there, query="?show=decided").context["rows"]
    assert (row.decision, row.finding.decision.reason) == ("剔除对方", "已电话核实")
    assert "已剔除" in get(there, name="grants", query="?show=out").content.decode()
    assert decide(there, "kept", reason="两人分别领取").status_code == 302
    assert Reckoning.objects.get().total_minor == 3000_00


def test_without_a_reason_nothing_is_decided_and_the_form_says_so(there: Doubling) -> None:
    there.fill(PAIR)
    before = snapshot(TABLES)
    for reason in ("", "长" * 201):
        refused = decide(there, "out", reason=reason)
        assert refused.status_code == 422
        assert refused.context["form"].errors
        assert '<details class="fold" open>' in refused.content.decode()
    assert decide(there, "none").status_code == 400
    assert post(there, reason="x", verb="out").status_code == 400
    assert post(there, reason="x", verb="out", finding="x").status_code == 400
    assert snapshot(TABLES) == before


def test_the_same_form_twice_decides_once(there: Doubling) -> None:
    there.fill(PAIR)
    key = str(uuid4())
    assert decide(there, "out", key=key).status_code == 302
    assert decide(there, "out", key=key).status_code == 302
    assert FindingDecision.objects.count() == 1


def test_all_of_one_kind_are_decided_at_once(there: Doubling) -> None:
    men = [Man(f"职工{at}") for at in range(53)]
    listed = [Sum(at, at, 1_00) for at in range(53)]
    there.fill(World(men, listed, [listed]))
    page = get(there)
    assert len(page.context["rows"]) == 50
    rest = get(there, query=f"?before={page.context['older']}")
    assert len(rest.context["rows"]) == 3
    [group] = page.context["groups"]
    assert group.against == "春节慰问方案0"
    told = {
        "place": "all0",
        "kind": "paid_elsewhere",
        "against": there.lists[0].pk,
        "through": page.context["through"],
        "verb": "kept",
    }
    refused = post(there, reason="", **told)
    assert refused.status_code == 422
    assert refused.context["groups"][0].form.errors
    assert post(there, reason="两项慰问分别发放", **told).status_code == 302
    assert FindingDecision.objects.filter(verb="kept").count() == 53
    assert get(there).context["open"] == 0


def test_of_another_units_list_only_its_unit_and_a_masked_name_are_told(there: Doubling) -> None:
    elsewhere = make_unit("平川市医院工会")
    men = [Man("王小芳", account="1"), Man("李大明", account="1")]
    there.fill(World(men, [Sum(0, 0, 1)], [[Sum(1, 1, 777_00)]]))
    Plan.objects.filter(pk=there.others[0].plan_id).update(unit=elsewhere)
    page = get(there).content.decode()
    assert "平川市医院工会" in page
    assert "李*明" in page
    for words in ("李大明", "777.00", "春节慰问方案0"):
        assert words not in page, words
    Plan.objects.filter(pk=there.others[0].plan_id).update(unit=there.register.union.unit)
    page = get(there).content.decode()
    for words in ("李大明", "777.00", "春节慰问方案0"):
        assert words in page, words


def test_the_dead_and_what_is_settled_are_told_with_day_and_source(there: Doubling) -> None:
    there.fill(World([Man("王小芳", "n1")], [Sum(0, 0, 1)], settled=[(0, 500_00)], dead=["n1"]))
    KnownDead.objects.update(source="市民政局2月数据")
    page = get(there).content.decode()
    for words in ("已知去世", "市民政局2月数据", "已按其他标准结算", "市中心医院工会", "500.00"):
        assert words in page, words
    Finding.objects.filter(kind="dead").delete()
    KnownDead.objects.all().delete()
    with on(NOW):
        again = as_(there.register.officer).post(reverse("doubles_again", args=(there.register.measure.pk,)))
    assert again.status_code == 302
    assert [one.kind for one in Finding.objects.all()] == ["settled_elsewhere"]


def test_others_read_it_and_strangers_do_not_see_it(there: Doubling) -> None:
    there.fill(PAIR)
    before, union = snapshot(TABLES), there.register.union
    for actor in (union.approver, union.finance, union.inspector):
        page = get(there, actor)
        assert page.status_code == 200
        assert not page.context["may_write"]
        assert 'name="verb"' not in page.content.decode()
        assert decide(there, "out", actor).status_code == 403
        with on(NOW):
            again = as_(actor).post(reverse("doubles_again", args=(there.register.measure.pk,)))
            assert again.status_code == 403
            assert as_(actor).get(reverse("known_dead")).status_code == 403
    assert get(there, union.stranger).status_code == 404
    assert decide(there, "out", union.stranger).status_code == 404
    assert snapshot(TABLES) == before


def test_before_anything_is_reckoned_and_once_it_is_put_up(there: Doubling) -> None:
    assert "还没有核算" in get(there).content.decode()
    with on(NOW):
        url = reverse("doubles_again", args=(there.register.measure.pk,))
        as_(there.register.officer).post(url)
    assert "没有可以改动的名单" in get(there).content.decode() or not Finding.objects.exists()
    there.fill(PAIR)
    Reckoning.objects.update(is_listed=True)
    assert not get(there).context["may_write"]
    assert decide(there, "out").status_code == 422


def book(*rows: tuple[str, str]) -> SimpleUploadedFile:
    """Return a workbook of the dead."""
    out = BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet()
    for at, row in enumerate([("姓名", "身份证号", "死亡日期"), *(("某人", *row) for row in rows)]):
        sheet.write_row(at, 0, row)
    made.close()
    return SimpleUploadedFile("去世人员.xlsx", out.getvalue())


def test_a_table_of_the_dead_is_taken_in_and_what_is_wrong_in_it_is_told(there: Doubling) -> None:
    def take_in(file: SimpleUploadedFile, **told: str) -> Any:
        with on(NOW):
            return as_(there.register.officer).post(
                reverse("known_dead"),
                {"key": str(uuid4()), "source": "市民政局2月数据", "file": file, **told},
            )

    good = ("11010519491231002X", "2020-02-01")
    answer = take_in(book(good, ("110105194912310021", "2020-02-01"), ("11010119900307123X", "2020-03-09")))
    assert answer.status_code == 200
    assert [row.row for row in answer.context["faults"]] == [3, 4]
    [one] = KnownDead.objects.all()
    assert (one.id_index, one.died_on.isoformat()) == (index("id_number", good[0]), good[1])
    assert take_in(book(good)).status_code == 302
    assert KnownDead.objects.count() == 1
    late = take_in(book(("110101199003071233", "2020-03-09")))
    assert [row.row for row in late.context["faults"]] == [2]
    for file, told in (
        (SimpleUploadedFile("a.csv", "姓名,日期\n张三,2020-01-01\n".encode()), {}),
        (book(good), {"source": " "}),
        (SimpleUploadedFile("a.pdf", b"x"), {}),
    ):
        assert take_in(file, **told).status_code == 422
    assert KnownDead.objects.count() == 1
    page = take_in(book()).wsgi_request
    assert page is not None
    with on(NOW):
        shown = as_(there.register.officer).get(reverse("known_dead")).content.decode()
    assert "市民政局2月数据" in shown


def test_a_finder_without_reach_over_the_other_standard_is_told_its_unit_alone(there: Doubling) -> None:
    elsewhere = make_unit("平川市医院工会")
    Standard.objects.create(slug="other", unit=elsewhere, created_at=NOW)
    there.fill(World([Man("王小芳")], [Sum(0, 0, 1)], settled=[(0, 500_00)]))
    page = get(there).content.decode()
    assert "平川市医院工会" in page
    assert "500.00" not in page
    assert "市中心医院工会" not in page
    both = make_person("两头己", Role.UNION_OFFICER, elsewhere)
    assert get(there, both).status_code == 404
