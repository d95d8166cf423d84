"""What a plan file says of early warning: which figures are watched, and how; who hears of an alert when."""

from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field, field_validator, model_validator

from songnuan.emergency.early_warning import ALPHA, Method, quantile
from songnuan.emergency.report_queries import KIND as REPORTS
from songnuan.emergency.warning_rules import How
from songnuan.emergency.warning_rules import Watch as Watched
from songnuan.journeys.measures.base import Count, Settings
from songnuan.journeys.report_settings import Entry
from songnuan.journeys.report_settings import settings_of as reports_settings_of
from songnuan.plans.models import Measure

KIND = "early_warning"
_KEY = r"^[a-z][a-z0-9_]{0,38}$"
_NUMBER = r"^[0-9](\.[0-9]{1,4})?$"


class Watch(Entry):
    """One figure that is watched, and how."""

    figure: str = Field(
        pattern=_KEY, description="监测指标（情况报告中数字的标识）/ key of a figure of the reports"
    )
    method: Literal["C1", "C2", "C3"] = Field(default="C2", description="方法 / method")
    z: str | None = Field(
        default=None, pattern=_NUMBER, description="z值，标准差的倍数 / z, standard deviations above the mean"
    )
    alpha: str | None = Field(
        default=None, pattern=_NUMBER, description="显著性水平α（与z值二选一）/ alpha, instead of z"
    )
    least_sd: str = Field(default="0.5", pattern=_NUMBER, description="标准差下限 / least standard deviation")

    @field_validator("z", "alpha", "least_sd", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """Take a number as it is written without quotes, too."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return f"{value:g}" if is_number else value

    @model_validator(mode="after")
    def _one_bound(self) -> "Watch":
        if self.z is not None and self.alpha is not None:
            raise ValueError(_("give z or alpha, not both."))
        if self.z is not None and float(self.z) <= 0:
            raise ValueError(_("z has to be more than 0."))
        if self.alpha is not None and not 0 < float(self.alpha) < 0.5:  # above it the bound is below the mean
            raise ValueError(_("alpha has to lie between 0 and 0.5."))
        return self

    @property
    def bound(self) -> float:
        """How many standard deviations above the mean the bound lies."""
        return float(self.z) if self.z is not None else quantile(float(self.alpha or ALPHA))


class WarningRung(Entry):
    """Whom to tell, so many minutes after an alert was raised, that nobody has acknowledged it."""

    after: Count = Field(ge=1, le=2880, description="产生后几分钟 / minutes after it was raised")
    whom: Literal["office", "group"] = Field(description="提醒谁 / whom")


class EarlyWarningSettings(Settings):
    """Which figures are watched, and what is due once one is too high."""

    reports: str = Field(
        default=REPORTS,
        pattern=_KEY,
        description="所监测情况报告的标识 / key of the measure of situation reports",
    )
    watches: tuple[Watch, ...] = Field(
        min_length=1, max_length=6, description="监测指标 / figures that are watched"
    )
    least_complete: Count = Field(
        default=80,
        ge=1,
        le=100,
        description="上级单位合计数的最低完整率（%）/ completeness in per cent from which on a total counts",
    )
    days: Count = Field(
        default=0,
        ge=0,
        le=30,
        description="几日内办结，0为当日 / days in which an alert is closed, 0: the same",
    )
    ladder: tuple[WarningRung, ...] = Field(
        default=(), max_length=6, description="未知悉的逐级提醒 / escalation of what nobody acknowledged"
    )


def settings_of(measure: Measure) -> EarlyWarningSettings:
    """Return the settings of a measure."""
    return EarlyWarningSettings.model_validate(measure.settings)


def reports_of(measure: Measure) -> Measure | None:
    """Return the measure of situation reports that an early warning watches; None where it is gone."""
    rows = Measure.objects.select_related("plan").filter(plan_id=measure.plan_id, kind=REPORTS)
    return rows.filter(key=settings_of(measure).reports).first()


def watched(measure: Measure, reports: Measure) -> list[Watched]:
    """Return what is watched, as it is reckoned; a figure that the reports do not have is left out."""
    settings = settings_of(measure)
    labels = {one.key: one.label for one in reports_settings_of(reports).figures}
    return [
        Watched(
            one.figure,
            labels[one.figure],
            How(Method(one.method), one.bound, float(one.least_sd), settings.least_complete),
        )
        for one in settings.watches
        if one.figure in labels
    ]
