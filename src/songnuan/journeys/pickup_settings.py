"""What a plan says of kits that people pick up: which kit, who gets one, on which days and where."""

from datetime import date
from typing import Final, Literal, Self

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, model_validator

from songnuan.goods.models import Batch, Distribution
from songnuan.goods.pickup_states import BATCHES_MOST, PLACE_LENGTH, Mode
from songnuan.journeys.measures.base import Settings
from songnuan.plans.models import Measure
from songnuan.plans.planfile import Day
from songnuan.plans.queries import choice_of

PICKUPS: Final = "pickups"


class BatchEntry(BaseModel):
    """A day on which kits are handed out, and where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: Day = Field(description="发放日期 / day")
    place: str = Field(default="", max_length=PLACE_LENGTH, description="地点 / place")


class PickupsSettings(Settings):
    """The kit, the roster, the batches, and what is asked for at a desk.

    What the batches are to each other is said here, or a question of the plan leaves it open until it is
    answered.
    """

    kit: str = Field(
        default="kit_purchase",
        max_length=60,
        description="采购措施标识 / key of the measure that buys the kits",
    )
    roster: str = Field(
        default="",
        max_length=80,
        description="领取人名册，不写则开始发放时选定 / key of the roster; chosen at the start when empty",
    )
    batches: list[BatchEntry] = Field(default=[], max_length=BATCHES_MOST, description="批次 / batches")
    mode: Literal["divide", "rounds"] | None = Field(
        default=None, description="各批的含义 / what the batches are to each other"
    )
    question: str = Field(
        default="",
        max_length=60,
        description="各批含义的问题 / key of the question on what the batches are",
    )
    signature: bool = Field(default=False, description="领取时签名 / whoever picks up signs")
    proxies: bool = Field(default=True, description="可以代领 / somebody else may fetch it")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.mode is None) == (not self.question):
            raise ValueError(_("say what the batches are, or which question leaves it open, one of the two."))
        return self

    @property
    def days(self) -> list[tuple[date, str]]:
        """Day and place of each batch."""
        return [(batch.day, batch.place) for batch in self.batches]


def settings_of(measure: Measure) -> PickupsSettings:
    """Return the settings of a measure."""
    return PickupsSettings.model_validate(measure.settings)


def mode_of(measure: Measure) -> Mode | None:
    """Return what the batches of a measure are, as the plan or the answer says; None while it is open."""
    settings = settings_of(measure)
    told = settings.mode or choice_of(measure.plan_id, settings.question)
    return Mode(told) if told in set(Mode) else None


def waiting_for(plan_id: int, question: str) -> list[Distribution]:
    """Return what is handed out under a plan and waits for the answer of a question."""
    rows = Distribution.objects.filter(measure__plan=plan_id, measure__kind=PICKUPS, mode="")
    found = rows.select_related("measure").order_by("pk")
    return [row for row in found if settings_of(row.measure).question == question]


def planned_days(measure: Measure) -> frozenset[date]:
    """Return the days that the plan as it reads now names for batches."""
    if measure.kind != PICKUPS or not measure.settings.get("batches"):
        return frozenset()
    return frozenset(day for day, _place in settings_of(measure).days)


def days_differ(row: Distribution) -> bool:
    """Return whether the plan as it reads now names other days or places than the batches of `row`.

    Batches beside those of the plan are the office's own: a day more for those who missed theirs.
    """
    if row.measure.kind != PICKUPS or not row.measure.settings.get("batches"):
        return False
    told = {day: " ".join(place.split()) for day, place in settings_of(row.measure).days}
    kept = dict(Batch.objects.filter(distribution=row).values_list("on", "place"))
    return any(day not in kept or place not in ("", kept[day]) for day, place in told.items())
