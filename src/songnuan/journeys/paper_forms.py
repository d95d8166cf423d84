"""The tables that offices fill in on paper, and which of them a form of the house stands for.

Columns are those in common use; a form that stands for no table of this list is compared with nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table on paper, its name and columns as they are headed there: each row asks for all of them."""

    name: str
    columns: tuple[str, ...]


def _table(name: str, columns: str) -> PaperTable:
    return PaperTable(name, tuple(columns.split()))


VISIT = _table(
    "走访慰问记录表",
    "时间 地点 被慰问单位 带队及参加人员 慰问方式 慰问金物 防控措施落实情况 工作生活情况 反映困难诉求 "
    "现场答复 后续责任人及时限 被慰问方签字 记录人",
)
SIGNED = _table("慰问品签收表", "序号 单位或姓名 品名 规格 单位 数量 单价 金额 签收人 日期 经办")
STORE = _table(
    "防疫物资出入库登记表", "日期 品名 规格 单位 批号 有效期 来源 入库 出库 结存 领用单位 领用人签字 经办人"
)
DAILY = _table(
    "疫情日报表",
    "填报单位 日期 应到和实到人数 异常体温 返程人员 隔离 确诊和疑似 新增和累计 "
    "重要事项 无情况 填报人 审核人 报送时间",
)
FAMILY = _table(
    "困难职工（家属）台账",
    "档案号 姓名 身份证号 单位 手机 家庭住址 家庭成员 家庭人均收入 致困原因 "
    "需求 帮扶措施 责任人 帮扶金额 办结 回访",
)
PAID = _table(
    "慰问金发放签收表",
    "序号 姓名 性别 身份证号 工作单位 慰问类别 标准 天数 金额 银行账号 "
    "开户行 领取方式 领取人签字 领取日期 代领人",
)
NOTICE = _table("公示表", "标题 公示期起止 序号 姓名 证件尾号 单位 类别 金额 监督电话 公示单位及日期")

TABLES = (VISIT, SIGNED, STORE, DAILY, FAMILY, PAID, NOTICE)

STANDS_FOR: Mapping[str, tuple[PaperTable, ...]] = MappingProxyType(
    {
        "visit": (VISIT, SIGNED),
        "family_visit": (VISIT,),
        "leader_visit": (VISIT,),
        "hand_over": (SIGNED, STORE),
        "issue_kit": (SIGNED, STORE),
        "issue_goods:lines": (SIGNED, STORE),
        "need_goods": (SIGNED, STORE),
        "donation:lines": (STORE,),
        "receiving:lines": (STORE,),
        "situation_event": (DAILY,),
        "situation_call": (DAILY,),
        "need": (FAMILY,),
        "payment_cash": (PAID,),
        "notice": (NOTICE,),
    }
)
"""By what a form or its lines are counted under: the tables of which paper asks a row each time."""
