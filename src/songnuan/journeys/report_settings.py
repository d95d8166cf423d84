"""What a plan file says of situation reports: who, how often, until when, and what becomes of them."""

from datetime import time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from songnuan.emergency.report_rules import Rhythm
from songnuan.journeys.measures.base import Count, Settings
from songnuan.plans.models import Measure

_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class Entry(BaseModel):
    """One entry of a list of settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OfKind(Entry):
    """Units of one kind."""

    kind: Literal["department", "subordinate", "front_line"] = Field(description="单位类别 / kind of unit")


class Figure(Entry):
    """A figure that a report of an event tells."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,38}$", description="标识 / key, lasting over versions")
    label: str = Field(min_length=1, max_length=12, description="数字名称 / what is counted")


class Rung(Entry):
    """Whom to tell, so many minutes after the due time, that nothing came in."""

    after: Count = Field(
        ge=-720,
        le=2880,
        description="到时后几分钟，负数为提前 / minutes after the due time, before it if negative",
    )
    whom: Literal["liaison", "parent", "office", "group"] = Field(description="提醒谁 / whom")


class SituationReportsSettings(Settings):
    """Who reports how often, until when, and what becomes of it."""

    period: Literal["half_day", "day", "week"] = Field(default="day", description="报告周期 / how often")
    during: Literal["always", "response"] = Field(
        default="always",
        description="何时报送：平时也报，或仅在响应期间 / all the time, or only while a response is in force",
    )
    due: str = Field(pattern=_CLOCK, description="报送时限，如16:00 / due time, such as 16:00")
    second: str | None = Field(
        default=None, pattern=_CLOCK, description="下午的报送时限（半日报）/ due time of the afternoon"
    )
    weekday: Count = Field(
        default=5, ge=1, le=7, description="周几报送（周报）/ day of the week on which a weekly report is due"
    )
    kinds: tuple[OfKind, ...] = Field(
        default=(), max_length=3, description="哪类单位报告，不写即全部 / kinds of units, else all"
    )
    depth: Count | None = Field(
        default=None, ge=1, le=9, description="只限下几级单位 / only units so many levels below"
    )
    figures: tuple[Figure, ...] = Field(default=(), max_length=6, description="有事报告的数字 / figures")
    ladder: tuple[Rung, ...] = Field(default=(), max_length=8, description="逐级催报 / escalation")
    superior: str = Field(min_length=2, max_length=100, description="综合报告报送单位 / superior")
    superior_due: str = Field(
        pattern=_CLOCK, description="综合报告报送时限 / when the consolidated report is due"
    )
    code: str = Field(min_length=2, max_length=20, description="综合报告机关代字 / code of its number")

    @property
    def rhythm(self) -> Rhythm:
        """How often."""
        second = clock(self.second) if self.second else None
        return Rhythm(self.period, clock(self.due), second, self.weekday)


def clock(text: str) -> time:
    """Return a time of day such as 16:00."""
    return time.fromisoformat(text)


def settings_of(measure: Measure) -> SituationReportsSettings:
    """Return the settings of a measure."""
    return SituationReportsSettings.model_validate(measure.settings)
