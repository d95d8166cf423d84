"""What a plan file says of returnees: how long they are observed, until when their status is in."""

from datetime import datetime, time

from pydantic import Field

from songnuan.emergency.returnee_rules import DAYS_MOST, Policy
from songnuan.journeys.measures.base import Count, Settings
from songnuan.plans.models import Measure


class ReturneesSettings(Settings):
    """The policy of observation."""

    days: Count = Field(
        default=14, ge=1, le=DAYS_MOST, description="健康观察天数，到达当日为第0天 / days of observation"
    )
    due: str = Field(
        default="16:00",
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="每日随访时限，如16:00 / time of day by which the status is in",
    )
    chase: Count = Field(
        default=1,
        ge=0,
        le=14,
        description="漏访几天报办公室 / missed days until the office hears",
    )
    retain: Count = Field(
        default=30,
        ge=0,
        le=730,
        description="结束观察后个人信息保存天数 / days after the end until personal data is erased",
    )

    @property
    def policy(self) -> Policy:
        """The policy."""
        return Policy(self.days, time.fromisoformat(self.due), self.chase, self.retain)


def policy_of(measure: Measure) -> Policy:
    """Return what the plan of a measure says."""
    return ReturneesSettings.model_validate(measure.settings).policy


def until(measure: Measure, at: datetime) -> datetime:
    """Return the moment up to which something is due of a measure: that of its closing, once it is closed."""
    return min(at, measure.closed_at) if measure.closed_at else at
