"""The headings that offices write over the tables of people, families and service."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from songnuan.documents.columns import match
from songnuan.documents.header import Field, Header, Layout, normal
from songnuan.people.forms import LAYOUTS

PEOPLE = {
    "number": "序号 编号 № No. 序 Ｎｏ 序號",
    "name": (
        "姓名 姓　名 职工姓名 人员姓名 名字 Name FullName 姓名（必填） *姓名 姓名： 員工姓名 1.姓名"
        " ①姓名 您的姓名 请填写姓名 医护人员姓名 教职工姓名 姓名/Name 姓名Name 姓名(全名)* 【姓名】姓名"
        " Employee'sname 会员姓名 被慰问人姓名 户名"
    ),
    "id_number": (
        "身份证号 身份证号码 身份证 公民身份号码 证件号码 证件号 有效证件号码 身分證號碼"
        " 身份證字號（18位） 居民身份证号 ID IDNo. IDNumber 职工身份证号码 身份证号/护照号"
        " 18位身份证号码 身份证号码（文本格式） 二代身份证号 证件号码* 社会保障号码 IdentityCardNo"
    ),
    "id_kind": "证件类型 证件种类 身份证件类型 證件類別 IDType",
    "sex": "性别 性別 Sex Gender 男女 性别（男/女）",
    "birth_on": "出生日期 出生年月日 生日 出生年月 DateOfBirth DOB 出生日期(YYYY-MM-DD)",
    "phone": (
        "手机号 手机号码 手机 联系电话 联系方式 电话 移动电话 聯絡電話 聯繫電話 行動電話 本人电话"
        " Mobile Tel. 手机号码（11位） Phone 职工联系电话 电话或手机 联系方式（手机） Contactnumber"
    ),
    "account": (
        "银行卡号 工资卡号 账号 帐号 銀行帳號 银行账户 卡号 收款人账号 社保卡银行账号 BankAccount"
        " 工资卡号（本人）"
    ),
    "bank": "开户行 开户银行 开户行（具体到支行） 開戶銀行 工资卡开户行 Bank 银行名称",
    "address": (
        "家庭住址 现住址 住址 居住地址 通讯地址 通訊地址 聯絡地址 Address 家庭详细住址"
        " 现居住地（详细到门牌号）"
    ),
    "unit": (
        "所在单位 工作单位 单位名称 单位 单位（全称） 所属单位 部门 科室 处室 所在科室 單位 Unit"
        " Department Dept. 单位及科室 单位/部门 所在工会"
    ),
    "post": "岗位 工作岗位 岗位名称 崗位 Post Position",
    "rank": "职务 职称 职务/职称 职务、职称 职务（职称） 職務 專業技術職務 职务或职称 职级 Rank JobTitle",
    "category": "人员类别 编制类型 编制 人员性质 用工形式 是否在编 编制性质 人員類別 Category",
    "employee_number": "工号 职工号 员工编号 职工编号 人员编号 EmployeeID 员工工号 工號 Staffno.",
    "note": "备注 備註 说明 Remarks Note 备注（其他情况）",
}
FAMILIES = {
    "name": "职工姓名 姓名 员工姓名 医护人员姓名 Employeename 職工姓名（必填） 职工",
    "id_number": "职工身份证号 身份证号 员工身份证号码 本人身份证号 EmployeeIDnumber 職工身份證號碼",
    "unit": "职工单位 所在单位 职工所在单位 科室 Unit",
    "relative_name": "家属姓名 家庭成员姓名 家屬姓名 Relativename 直系亲属姓名 家属 Familymembername",
    "relation": (
        "与职工关系 关系 称谓 与本人关系 家属与职工关系 與職工關係 与医护人员关系 与一线职工的关系 成员称谓"
    ),
    "relative_id_number": "家属身份证号 家属身份证号码 家属证件号码 亲属身份证 家屬身份證號 RelativeIDnumber",
    "relative_sex": "家属性别 亲属性别",
    "relative_birth_on": "家属出生日期 家属生日",
    "relative_phone": "家属联系电话 家属电话 亲属手机号 家庭成员联系方式 家属的联系电话",
    "relative_unit": "家属工作单位 家属单位",
    "note": "备注",
}
SERVICE = {
    "name": "姓名 队员姓名 援鄂人员姓名",
    "id_number": "身份证号 证件号码",
    "phone": "手机号 联系电话",
    "unit": "工作单位 派出单位 所在单位 单位",
    "place": (
        "支援地 支援地点 派驻地点 抗疫地点 服务单位 支援單位 受援医院 驰援地 工作地点 Location"
        " 隔离点名称 支援地（市、县）"
    ),
    "service_post": "岗位 承担工作 抗疫岗位 工作内容 Duty 承擔工作",
    "direct_contact": (
        "是否直接接触 是否直接接触患者 是否直接接触确诊或疑似病例 直接接触 Directcontact 是否與患者直接接觸"
    ),
    "starts_on": (
        "开始时间 出征日期 到岗日期 开始日期 起始时间 支援开始时间 进入一线时间 出發日期 Startdate From"
        " 参加防控工作起始日期 起"
    ),
    "ends_on": "结束时间 返回时间 结束日期 返程日期 支援结束时间 服务结束日期 Enddate 止 截止日期",
    "hours": "工时 小时 工时（小时） 工作时长(小时) 服务时长 Hours 累计工时",
    "note": "备注",
}
CASES = [
    (kind, heading, field)
    for kind, table in (("people", PEOPLE), ("families", FAMILIES), ("service", SERVICE))
    for field, headings in table.items()
    for heading in headings.split(" ")
]
# Headings that are much like others, of columns of which nothing may be read.
STRANGERS = {
    "people": (
        "民族 学历 年龄 政治面貌 紧急联系人 紧急联系人电话 联系人姓名 联系人电话 配偶姓名 家属姓名"
        " 子女身份证号 参加工作时间 邮箱 金额 领取人签字 负责人 部门负责人 单位性质 办公电话 健康状况"
        " 父亲姓名 家庭成员姓名 入职日期 姓名拼音 单位代码 银行联行号 推荐人姓名 签名 起止时间"
        " EmergencyContact Spousename Age Email"
    ),
    "families": "民族 职工电话 职工性别 联系人电话 困难类型 年龄 家庭人口 职工出生日期",
    "service": "职务 性别 年龄 天数 紧急联系人 起止时间 参加工作时间 家属电话",
}


def meant(kind: str, *headings: str) -> dict[str, str]:
    """Return the fields that a row of headings names, with the headings."""
    return dict(match(Header(1, 1, headings), LAYOUTS[kind]).headings)


@pytest.mark.parametrize(("kind", "heading", "field"), CASES)
def test_a_heading_as_offices_write_it_names_its_field(kind: str, heading: str, field: str) -> None:
    assert meant(kind, heading) == {field: heading}


@pytest.mark.parametrize(
    ("kind", "heading"), [(kind, heading) for kind, text in STRANGERS.items() for heading in text.split()]
)
def test_a_heading_of_something_else_names_no_field_and_gets_no_proposal(kind: str, heading: str) -> None:
    columns = match(Header(1, 1, (heading,)), LAYOUTS[kind])
    assert dict(columns.places) == {}
    if kind == "people":
        assert columns.unknown[0].proposal == ""


@pytest.mark.parametrize(
    ("kind", "required"),
    [
        ("people", ("name",)),
        ("families", ("name", "relative_name", "relation")),
        ("service", ("name", "place", "starts_on")),
    ],
)
def test_what_is_required_is_missed(kind: str, required: tuple[str, ...]) -> None:
    columns = match(Header(1, 1, ("序号",)), LAYOUTS[kind])
    assert columns.missing == required


def test_the_first_headings_are_those_that_people_know() -> None:
    first = {
        kind: [field.headings[0] for field in layout.fields if field.required]
        for kind, layout in LAYOUTS.items()
    }
    assert first == {
        "people": ["姓名"],
        "families": ["职工姓名", "家属姓名", "与职工关系"],
        "service": ["姓名", "支援地点", "开始时间"],
    }


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_no_heading_of_a_layout_names_two_fields_of_the_same_party(layout: Layout) -> None:
    seen: dict[tuple[str, str], str] = {}
    for field in layout.fields:
        for heading in field.headings:
            owner = seen.setdefault((field.party, normal(heading)), field.name)
            assert owner == field.name, heading


class TestFamilies:
    """Whom a plain heading is about."""

    def test_the_group_above_decides(self) -> None:
        groups = ("", "职工信息", "职工信息", "职工信息", "家属信息", "家属信息", "家属信息", "家属信息", "")
        leaves = ("序号", "姓名", "身份证号", "单位", "姓名", "称谓", "身份证号", "单位", "备注")
        shown = tuple(
            f"{group}/{leaf}" if group else leaf for group, leaf in zip(groups, leaves, strict=True)
        )
        columns = match(Header(2, 2, shown, groups), LAYOUTS["families"])
        assert dict(columns.places) == {
            "number": 0,
            "name": 1,
            "id_number": 2,
            "unit": 3,
            "relative_name": 4,
            "relation": 5,
            "relative_id_number": 6,
            "relative_unit": 7,
            "note": 8,
        }

    def test_the_relative_may_come_first(self) -> None:
        groups = ("家庭成员情况",) * 3 + ("一线医务人员",) * 2
        leaves = ("姓名", "与其关系", "身份证号", "姓名", "身份证号")
        shown = tuple(f"{group}/{leaf}" for group, leaf in zip(groups, leaves, strict=True))
        columns = match(Header(2, 2, shown, groups), LAYOUTS["families"])
        assert dict(columns.places) == {
            "relative_name": 0,
            "relation": 1,
            "relative_id_number": 2,
            "name": 3,
            "id_number": 4,
        }

    def test_a_plain_number_beside_the_employee_is_the_employees(self) -> None:
        found = meant("families", "职工姓名", "身份证号", "家属姓名", "关系", "联系电话")
        assert found["id_number"] == "身份证号"
        assert "relative_id_number" not in found

    @pytest.mark.parametrize("first", ["职工姓名", "姓名"])
    @pytest.mark.parametrize("second", ["家属姓名", "姓名"])
    def test_without_groups_the_columns_to_the_left_decide(self, first: str, second: str) -> None:
        headings = ("序号", first, "身份证号", "单位", second, "关系", "身份证号", "性别", "电话", "工作单位")
        columns = match(Header(1, 1, headings), LAYOUTS["families"])
        assert dict(columns.places) == {
            "number": 0,
            "name": 1,
            "id_number": 2,
            "unit": 3,
            "relative_name": 4,
            "relation": 5,
            "relative_id_number": 6,
            "relative_sex": 7,
            "relative_phone": 8,
            "relative_unit": 9,
        }

    def test_what_is_told_of_the_employee_alone_is_not_taken_for_the_relatives(self) -> None:
        columns = match(
            Header(1, 1, ("职工姓名", "性别", "联系电话", "家属姓名", "关系")), LAYOUTS["families"]
        )
        assert dict(columns.places) == {"name": 0, "relative_name": 3, "relation": 4}
        assert [(unknown.heading, unknown.proposal) for unknown in columns.unknown] == [
            ("性别", ""),
            ("联系电话", ""),
        ]

    def test_an_employee_named_later_leaves_the_plain_name_to_the_relative(self) -> None:
        columns = match(Header(1, 1, ("姓名", "关系", "电话", "职工姓名", "单位")), LAYOUTS["families"])
        assert dict(columns.places) == {
            "relative_name": 0,
            "relation": 1,
            "relative_phone": 2,
            "name": 3,
            "unit": 4,
        }


def test_of_two_columns_the_surer_heading_is_read() -> None:
    columns = match(
        Header(1, 1, ("科室", "联系方式", "户籍地址", "所在单位", "手机号", "现住址")), LAYOUTS["people"]
    )
    assert dict(columns.places) == {"unit": 3, "phone": 4, "address": 5}
    assert [unknown.heading for unknown in columns.unknown] == ["科室", "联系方式", "户籍地址"]


TO_TRADITIONAL = [OpenCC(name) for name in ("s2t", "s2tw", "s2hk")]
FIELDS = [(kind, field) for kind, layout in LAYOUTS.items() for field in layout.fields]


@st.composite
def decorated(draw: st.DrawFn) -> tuple[str, Field, str]:
    """Draw a listed heading as somebody may have typed it."""
    kind, field = draw(st.sampled_from(FIELDS))
    heading = draw(st.sampled_from(field.headings))
    if draw(st.booleans()):
        heading = draw(st.sampled_from(TO_TRADITIONAL)).convert(heading)
    if draw(st.booleans()):
        heading = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in heading)
    gap = draw(st.sampled_from(["", " ", "\u3000", "\n", "\u00a0", "\u200b", "\r\n"]))
    heading = gap.join(heading)
    heading = draw(
        st.sampled_from(["{}", "*{}", "{}*", "＊{}", "{}：", "{}:", " {} ", "★{}", "\ufeff{}"])
    ).format(heading)
    remark = draw(
        st.sampled_from(
            [
                "",
                "（必填）",
                "(见说明)",
                "【必填】",
                "[18位]",
                "（如：张三，男）",
                "(请如实填写",
                "〔可不填〕",
            ]
        )
    )
    heading = draw(st.sampled_from(["{0}{1}", "{0}\n{1}", "{0} {1}*"])).format(heading, remark)
    return kind, field, heading


@given(decorated())
def test_a_heading_is_known_through_any_decoration(case: tuple[str, Field, str]) -> None:
    kind, field, heading = case
    before: dict[str, tuple[str, ...]] = {"": (), "*": (), "relative": ("职工姓名",)}
    if field.party == "relative" and field.name != "relative_name":
        before["relative"] += ("家属姓名",)
    headings = (*before[field.party], heading)
    assert field.name in meant(kind, *headings), headings


WORDS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)
LATIN = st.text("abcdefghijklmnopqrstuvwxyz ", min_size=1, max_size=12)


@given(st.sampled_from(sorted(LAYOUTS)), WORDS | LATIN)
def test_other_words_are_never_taken_for_a_field(kind: str, word: str) -> None:
    layout = LAYOUTS[kind]
    plain = normal(word)
    listed = {normal(heading) for field in layout.fields for heading in field.headings}
    patterns = [field.pattern for field in layout.fields if field.pattern]
    if not any(heading in plain for heading in listed) and not any(re.fullmatch(p, plain) for p in patterns):
        assert meant(kind, word) == {}
