"""Phones of the field app as the tests of its server side use them, and what they record."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse

from goods.builders import NOW
from goods.pickups import Gate
from songnuan.kernel.actor import Actor
from web.browsing import as_, on, password_entered


class Phone:
    """A phone on which somebody is signed in and opened the app."""

    def __init__(self, actor: Actor, number: UUID | None = None) -> None:
        self.actor = actor
        self.client = password_entered(as_(actor))
        self.number = number or uuid4()
        self.opened = self.post("field_device", {"device": str(self.number), "person": actor.user_id})

    def post(self, name: str, body: object, at: datetime = NOW) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body)
        with on(at):
            return self.client.post(reverse(name), content, content_type="application/json")

    def pack(self, known: str = "", at: datetime = NOW) -> dict[str, Any]:
        with on(at):
            answer = self.client.get(reverse("field_pack"), {"device": str(self.number), "known": known})
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    def send(self, *records: object, at: datetime = NOW, **around: object) -> Any:
        body = {
            "device": str(self.number),
            "person": self.actor.user_id,
            "now": at.isoformat(),
            "unsent": len(records),
            "records": records,
            **around,
        }
        return self.post("field_send", body, at)

    def answers(self, *records: object, **around: Any) -> list[dict[str, str]]:
        answer = self.send(*records, **around)
        assert answer.status_code == 200, answer.content
        told: list[dict[str, str]] = answer.json()["answers"]
        return told


def record(gate: Gate, desk: int, name: str, **told: object) -> dict[str, object]:
    at = told.pop("recorded_at", NOW - timedelta(minutes=5))
    assert isinstance(at, datetime)
    return {
        "key": str(uuid4()),
        "kind": "pickups",
        "recorded_at": at.isoformat(),
        "told": {"desk": desk, "portion": gate.portion(name).pk, **told},
    }
