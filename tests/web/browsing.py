"""How the tests of pages browse: who is signed in, on which day, and what a filled-in form looks like."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image, ImageDraw

from people import Bureau, checklist
from put_back import put_back
from songnuan.audit.models import Entry
from songnuan.cli.drawing import signature
from songnuan.goods.models import KitLine
from songnuan.journeys.record_visit import Problem, record_visit
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import wall
from songnuan.organisation.models import User
from songnuan.people.models import AccessCode, Person
from songnuan.visits.models import Visit
from songnuan.web.views.own_view import OPENED


@contextmanager
def on(moment: datetime) -> Iterator[None]:
    """Let the house's clock stand at `moment`."""
    with patch("songnuan.organisation.queries.wall", return_value=moment):
        yield


def as_(actor: Actor, **options: Any) -> Client:
    """Return a browser in which the actor is signed in."""
    client = Client(**options)
    client.force_login(user_of(actor))
    return client


def opened_by_code(person: Person, by: Actor, at: datetime) -> dict[str, object]:
    """Return what a session holds in which somebody came in with a code that `by` gave them."""
    code = AccessCode.objects.create(
        person=person,
        digest=uuid4().hex,
        issued_by=user_of(by),
        issued_at=at,
        expires_at=at + timedelta(5),
    )
    return {OPENED: {"code": code.pk, "until": (at + timedelta(1)).isoformat(), "beside": None}}


def inside(person: Person, by: Actor, at: datetime) -> Client:
    """Return a browser in which somebody came in with a code of theirs."""
    client = Client()
    session = client.session
    session.update(opened_by_code(person, by, at))
    session.save()
    return client


def password_entered(client: Client, seconds_ago: float = 0, **more: object) -> Client:
    """Let the password have been entered in a browser in which somebody is signed in."""
    session = client.session
    told = {"method": "password", "at": wall().timestamp() - seconds_ago, **more}
    session["account_authentication_methods"] = [told]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


def user_of(actor: Actor) -> User:
    """Return the account of the actor."""
    assert actor.user_id is not None
    return User.objects.get(pk=actor.user_id)


def visits_of(bureau: Bureau) -> list[Visit]:
    """Return the liaison's visits, the earliest first."""
    return list(Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on", "pk"))


def recorded(bureau: Bureau, at: datetime, *titles: str) -> Visit:
    """Record the liaison's first visit, with problems of these titles."""

    def record() -> int:
        visit = visits_of(bureau)[0]
        report = bureau.report(at, problems=[Problem(title) for title in titles])
        record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at)
        return visit.pk

    return Visit.objects.get(pk=put_back(("recorded", bureau, at, titles), record))


def data_url(picture: bytes) -> str:
    """Return a picture as the page of the form sends it."""
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def dot() -> bytes:
    """Return what one tap leaves in the place to sign."""
    image = Image.new("RGBA", (680, 360), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((300, 180, 307, 187), fill="#1f1c18")
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def filled(bureau: Bureau, happened_at: str, **changes: Any) -> dict[str, Any]:
    """Return the form of a visit as the liaison posts it."""
    answers = {f"check_{key}": "pass" for key in checklist()}
    problems = {f"problems-{place}-{name}": "" for place in range(3) for name in ("title", "answer")}
    lines = list(KitLine.objects.order_by("pk"))
    packs = {f"packs_{line.item_id}": str(line.quantity) for line in lines if line.quantity > 1}
    owners = {f"problems-{place}-owner": str(bureau.lead_id) for place in range(3)}
    return {
        "key": str(uuid4()),
        "happened_at": happened_at,
        "form": "on_site",
        "form_reason": "",
        "members": [str(bureau.liaison.user_id)],
        "other_members": "",
        "prevention": "good",
        "prevention_note": "",
        "conditions": "值班三班倒，食宿有保障。",
        "receiver_name": "赵守江",
        "signature": data_url(signature(1)),
        "handed": [str(line.item_id) for line in lines],
        **packs,
        "problems-TOTAL_FORMS": "3",
        "problems-INITIAL_FORMS": "0",
        **answers,
        **problems,
        **owners,
        **changes,
    }


def record_url(visit: Visit) -> str:
    """Return the address of the form of a visit."""
    return reverse("visit_record", args=(visit.pk,))


def trail_length() -> int:
    """Return how many entries the trail has: a page that is only read adds none."""
    return Entry.objects.count()


def queries_of(client: Client, url: str) -> int:
    """Return how many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def sent(**fields: str) -> dict[str, str]:
    """Return what a form of ours sends: its fields, and the key that carries it out once."""
    return {"key": str(uuid4()), **fields}
