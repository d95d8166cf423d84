"""The words of messy rosters: headings, titles, feet of tables, sheets beside them."""

from collections.abc import Mapping

from mess_files import Cell, Formula

Headings = Mapping[str, tuple[str, ...]]

HEADINGS: dict[str, tuple[str, ...]] = {
    "number": ("序号",),
    "name": ("姓名", "职工姓名", "人员姓名", "员工姓名", "教职工姓名"),
    "sex": ("性别",),
    "id_kind": ("证件类型", "证件种类"),
    "id_number": ("身份证号", "身份证号码", "公民身份号码", "居民身份证号码", "证件号", "证件号码", "身份证"),
    "birth_on": ("出生日期", "出生年月日", "生日"),
    "unit": ("单位", "所在单位", "工作单位", "单位名称", "所属单位", "部门", "所在部门"),
    "phone": ("手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "移动电话"),
    "post": ("岗位", "工作岗位"),
    "rank": ("职务", "职称", "职务/职称"),
    "category": ("人员类别", "编制"),
    "employee_number": ("工号", "职工号", "员工编号"),
    "account": ("银行账号", "银行卡号", "账号", "卡号", "银行帐号", "工资卡号"),
    "bank": ("开户行", "开户银行"),
    "address": ("住址", "家庭住址", "家庭地址", "地址", "联系地址"),
    "note": ("备注",),
}
TRADITIONAL: dict[str, tuple[str, ...]] = {
    "number": ("序號",),
    "name": ("職工姓名", "員工姓名"),
    "sex": ("性別",),
    "id_kind": ("證件類型", "證件種類"),
    "id_number": ("身分證號", "身份證號碼", "身分證號碼", "證件號碼"),
    "birth_on": ("出生日期", "出生年月日"),
    "unit": ("單位", "工作單位", "所在單位", "部門"),
    "phone": ("手機", "手機號碼", "電話", "聯繫電話", "聯絡電話"),
    "post": ("崗位", "工作崗位"),
    "rank": ("職務", "職稱"),
    "category": ("人員類別", "編制"),
    "employee_number": ("工號", "員工編號"),
    "account": ("銀行賬號", "銀行帳號", "銀行卡號"),
    "bank": ("開戶行", "開戶銀行"),
    "address": ("住址", "家庭地址", "聯絡地址"),
    "note": ("備註", "備注"),
}
ENGLISH: dict[str, tuple[str, ...]] = {
    "number": ("No.",),
    "name": ("Name", "Full name"),
    "sex": ("Sex", "Gender"),
    "id_kind": ("ID type",),
    "id_number": ("ID number", "ID No.", "ID card number"),
    "birth_on": ("Date of birth", "Birth date", "Birthday"),
    "unit": ("Unit", "Department"),
    "phone": ("Phone", "Mobile", "Phone number", "Telephone"),
    "post": ("Post", "Position"),
    "rank": ("Rank",),
    "category": ("Category",),
    "employee_number": ("Employee number", "Employee No."),
    "account": ("Bank account", "Account"),
    "bank": ("Bank",),
    "address": ("Address",),
    "note": ("Remarks", "Note"),
}
REMARKS = (
    "{}",
    "{}（必填）",
    "{}(必填)",
    "{}*",
    "*{}",
    "{}：",
    "{}（如实填写）",
    "{}\n（与证件一致）",
    "{} (见说明)",
)
# What stands in columns that no roster knows. Some headings look much like known ones.
EXTRAS: dict[str, tuple[Cell, ...]] = {
    "政治面貌": ("群众", "中共党员", ""),
    "学历": ("本科", "大专"),
    "年龄": (Formula("=2020-1980", 40), 37),
    "紧急联系人": ("冯示例", ""),
    "紧急联系人电话": ("19900000000", 19900000000),
    "单位性质": ("事业", "企业"),
    "办公电话": ("0591-87000000", ""),
    "籍贯": ("澄江", ""),
    "配偶姓名": ("卫示例", ""),
    "部门负责人": ("褚示例",),
    "是否接种疫苗": ("是", "√"),
    "参加工作时间": ("2001.7", "1999年8月"),
}
GROUPS = ("基本信息", "人员信息", "个人信息", "有关情况", "人员基本情况")
TITLES: tuple[tuple[Cell, ...], ...] = (
    ("澄江省水运管理局职工花名册",),
    ("附件2",),
    ("（2020年4月）",),
    ("填报单位：澄江省水运管理局", "", "填报日期：2020年4月21日"),
    ("单位：澄江省水运管理局    联系人：赵示例    联系电话：19900000000",),
    ("防疫一线人员信息采集表（请如实填写，身份证号须为18位）",),
    ("填报单位（盖章）：", "澄江省水运管理局", "", "单位：人"),
)
FOOTERS: dict[str, tuple[tuple[Cell, ...], ...]] = {
    "total": (
        ("合计", "{count}"),
        ("合 计", "", "{count}人"),
        ("总计", "", Formula("=COUNTA(A1:A2)", 2)),
        ("共计{count}人",),
        ("合计：{count}人",),
    ),
    "signature": (
        ("填表人：冯示例    审核人：陈示例    填表日期：2020年4月21日",),
        ("填表人：", "冯示例", "审核人：", "陈示例"),
        ("制表人：冯示例",),
        ("单位负责人：陈示例", "", "填表人：冯示例"),
        ("填报人:冯示例", "", "联系电话:19900000000"),
        ("审核人", "", ""),
    ),
    "remark": (
        ("注：1.身份证号须为18位；2.电话请填手机。",),
        ("说明：本表一式两份。",),
        ("备注：以上人员均在岗。",),
        ("注:本表于4月21日前报送",),
    ),
}
_EXAMPLE: tuple[tuple[Cell, ...], ...] = (
    ("序号", "姓名", "身份证号码", "单位", "联系电话"),
    (1, "张三", "100101199003071231", "某某单位", "19900000001"),
    (2, "李四", "100101198811110022", "某某单位", "19900000002"),
)
_RULES: tuple[tuple[Cell, ...], ...] = (
    ("填表说明",),
    ("1. 姓名：须与身份证一致。",),
    ("2. 身份证号码：18位，文本格式。",),
    ("3. 单位：填全称。",),
)
_CODES: tuple[tuple[Cell, ...], ...] = (("性别", "人员类别"), ("男", "在编"), ("女", "合同制"))
Book = tuple[str, tuple[tuple[Cell, ...], ...]]
HELP: dict[str, tuple[Book, ...]] = {
    "help_before": (("填表说明", _RULES), ("样例", _EXAMPLE), ("说明", _RULES)),
    "help_after": (("示例", _EXAMPLE), ("样表", _EXAMPLE), ("代码表", _CODES), ("Sheet9", ())),
}
OLD_PEOPLE: tuple[tuple[Cell, ...], ...] = (
    ("姓名", "身份证号码", "单位"),
    ("孙旧一", "100101197003071230", "已撤单位"),
    ("周旧二", "100101197003071249", "已撤单位"),
)
CHOICES: Mapping[str, Mapping[object, tuple[str, ...]]] = {
    "sex": {"female": ("女", "女", "F", "女性", "Female"), "male": ("男", "男", "M", "男性", "Male")},
    "relation": {
        "spouse": ("配偶", "妻子", "丈夫", "爱人", "愛人", "夫妻", "spouse"),
        "parent": ("父亲", "母亲", "父親", "父", "母", "父母", "mother"),
        "child": ("儿子", "女儿", "子女", "兒子", "长子", "子", "女", "child"),
        "sibling": ("哥哥", "妹妹", "兄弟", "姐姐", "弟"),
        "parent_in_law": ("岳父", "婆婆", "公公"),
        "grandparent": ("祖母", "外公", "爷爷"),
        "grandchild": ("孙子", "外孙女"),
        "other": ("其他", "舅舅", "侄女", "女婿"),
    },
    "direct_contact": {
        True: ("是", "有", "√", "Y", "直接接触"),
        False: ("否", "无", "×", "N", "间接"),
        None: ("",),
    },
}
PAPERS: dict[str, tuple[str, ...]] = {
    "": ("",),
    "RESIDENT": ("身份证", "居民身份证", "二代身份证"),
    "HMT_RESIDENCE": ("港澳台居民居住证",),
    "FOREIGN_RESIDENCE": ("外国人永久居留身份证", "外国人永久居留证"),
    "HM_TRAVEL": ("港澳居民来往内地通行证",),
    "TW_TRAVEL": ("台湾居民来往大陆通行证",),
    "PASSPORT": ("护照",),
}
SHEETS = ("花名册", "Sheet1", "2020年人员", "名单(1)", "一线 人员")

# Families and service -----------------------------------------------------------------------------

FAMILY_HEADINGS: tuple[Headings, Headings, Headings] = (
    {
        **{name: HEADINGS[name] for name in ("number", "id_number", "unit", "note")},
        "name": ("职工姓名", "员工姓名", "姓名", "教职工姓名"),
        "relative_name": ("家属姓名", "亲属姓名", "家庭成员姓名"),
        "relation": ("与职工关系", "关系", "与本人关系", "称谓", "亲属关系"),
        "relative_id_number": ("家属身份证号", "家属身份证号码", "亲属证件号码"),
        "relative_sex": ("家属性别", "亲属性别"),
        "relative_birth_on": ("家属出生日期", "家属出生年月日"),
        "relative_phone": ("家属电话", "家属联系电话", "亲属手机号"),
        "relative_unit": ("家属工作单位", "家属单位"),
    },
    {
        **{name: TRADITIONAL[name] for name in ("number", "name", "id_number", "unit", "note")},
        "relative_name": ("家屬姓名", "親屬姓名"),
        "relation": ("與職工關係", "關係", "稱謂"),
        "relative_id_number": ("家屬身份證號", "家屬身分證號碼"),
        "relative_sex": ("家屬性別",),
        "relative_birth_on": ("家屬出生日期",),
        "relative_phone": ("家屬電話", "家屬聯繫電話"),
        "relative_unit": ("家屬工作單位",),
    },
    {
        **{name: ENGLISH[name] for name in ("number", "id_number", "unit", "note")},
        "name": ("Employee name", "Staff name"),
        "relative_name": ("Relative name", "Family member name"),
        "relation": ("Relationship", "Relation"),
        "relative_id_number": ("Relative ID number", "Family member ID number"),
        "relative_sex": ("Relative sex", "Family member gender"),
        "relative_birth_on": ("Relative date of birth", "Family member birth date"),
        "relative_phone": ("Relative phone", "Family member phone number"),
        "relative_unit": ("Relative workplace", "Family member employer"),
    },
)
SERVICE_HEADINGS: tuple[Headings, Headings, Headings] = (
    {
        **{name: HEADINGS[name] for name in ("number", "name", "id_number", "unit", "phone", "note")},
        "place": ("支援地点", "支援医院", "抗疫地点", "值守地点", "派驻地点"),
        "service_post": ("岗位", "承担工作", "抗疫岗位", "工作内容"),
        "direct_contact": ("是否直接接触", "直接接触", "是否直接接触患者"),
        "starts_on": ("开始时间", "开始日期", "支援开始时间", "到岗日期", "起始日期"),
        "ends_on": ("结束时间", "结束日期", "支援结束时间", "返回日期"),
        "hours": ("工时", "小时数", "累计工时"),
    },
    {
        **{name: TRADITIONAL[name] for name in ("number", "name", "id_number", "unit", "phone", "note")},
        "place": ("支援地點", "支援醫院"),
        "service_post": ("崗位", "承擔工作"),
        "direct_contact": ("是否直接接觸",),
        "starts_on": ("開始時間", "開始日期"),
        "ends_on": ("結束時間", "結束日期"),
        "hours": ("工時", "小時數"),
    },
    {
        **{name: ENGLISH[name] for name in ("number", "name", "id_number", "unit", "phone", "note")},
        "place": ("Place of service", "Location"),
        "service_post": ("Post", "Duty", "Role"),
        "direct_contact": ("Direct contact",),
        "starts_on": ("Start date", "From"),
        "ends_on": ("End date", "Until"),
        "hours": ("Hours", "Working hours"),
    },
)
_STRANGE = ("政治面貌", "学历", "籍贯", "单位性质", "部门负责人")
FAMILY_EXTRAS: dict[str, tuple[Cell, ...]] = {name: EXTRAS[name] for name in _STRANGE}
SERVICE_EXTRAS: dict[str, tuple[Cell, ...]] = {
    name: EXTRAS[name] for name in (*_STRANGE, "紧急联系人", "紧急联系人电话", "参加工作时间")
}
# A group names whom its columns are about, so that of a table with two people stands over both alike.
NEUTRAL_GROUPS = ("基本信息", "有关情况")
