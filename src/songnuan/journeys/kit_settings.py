"""What a plan file says of kits to one standard: their items, units, prices, the fund that pays."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from songnuan.goods.describing import label_of
from songnuan.goods.request_rules import Comparing
from songnuan.journeys.measures.base import UNITS_MOST, Count, Settings
from songnuan.kernel.money import parse_yuan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.planfile import YUAN_SCHEMA


def _amount(value: object) -> str:
    text = str(value) if isinstance(value, str) or type(value) is int else ""
    if not text:
        raise ValueError(_("write an amount in yuan, such as 14100 or “295.50”."))
    try:
        parse_yuan(text)
    except Refusal as refusal:
        raise ValueError(refusal.sentence) from refusal
    return text


def _something(value: str) -> str:
    if not parse_yuan(value):
        raise ValueError(_("this must be more than %(gt)s.") % {"gt": 0})
    return value


Price = Annotated[str, BeforeValidator(_amount), YUAN_SCHEMA]


class KitItem(BaseModel):
    """One thing in the kit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str = Field(min_length=1, max_length=60, description="品名 / item")
    specification: str = Field(default="", max_length=40, description="规格 / specification")
    packing: str = Field(min_length=1, max_length=20, description="计量单位 / unit of measure")
    quantity: Count = Field(gt=0, le=10_000, description="每份数量 / quantity in one kit")
    price_yuan: Price | None = Field(default=None, description="预估单价（元） / expected price of one, yuan")
    expires: bool = Field(
        default=False,
        strict=True,
        description="有保质期，验收须登记有效期 / expires: none is received without its date",
    )

    @property
    def label(self) -> str:
        """Its name with its specification."""
        return label_of(self.item, self.specification)


class KitPurchaseSettings(Settings):
    """What is bought, for how many units or families, to which standard, from which fund."""

    fund: str = Field(description="专项资金文号 / document number of the fund")
    standard_yuan: Annotated[Price, AfterValidator(_something)] = Field(
        description="标准（元） / standard, yuan"
    )
    standard_basis: str = Field(default="", description="标准依据文号 / document that sets the standard")
    ceiling_yuan: Price | None = Field(
        default=None, description="标准上限（元） / most a standard may be, yuan"
    )
    ceiling_basis: str = Field(default="", description="上限的制度依据 / rule that sets the ceiling")
    kit: list[KitItem] = Field(min_length=1, max_length=30, description="慰问品 / the kit")
    units: Count = Field(gt=0, le=UNITS_MOST, description="单位数或户数 / units, or families")
    per: Literal["unit", "person", "family"] = Field(default="unit", description="标准口径 / standard per")
    people: Count | None = Field(default=None, gt=0, le=UNITS_MOST, description="人数 / people")
    compare_from_yuan: Annotated[Price, AfterValidator(_something)] | None = Field(
        default=None, description="比价起点（元） / prices are compared from, yuan"
    )
    quotes_least: Count = Field(default=3, ge=2, le=10, description="至少报价家数 / quotations at least")

    @property
    def standard_minor(self) -> int:
        """The standard in fen."""
        return parse_yuan(self.standard_yuan)

    @property
    def kits(self) -> int:
        """How many kits the plan's own text asks for: one for each unit or family, or for each person."""
        return (self.people or 0) if self.per == "person" else self.units

    @property
    def comparing(self) -> Comparing:
        """From which amount prices are compared, and how many."""
        start = parse_yuan(self.compare_from_yuan) if self.compare_from_yuan else None
        return Comparing(start, self.quotes_least)
