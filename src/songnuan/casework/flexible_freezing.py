"""What of a request for flexible work is frozen: the facts as text, and the digest over everything."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from songnuan.casework.flexible_models import FlexibleRequest
from songnuan.casework.flexible_rules import Family, Limits, Verdict
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.sealed import blind_index, place_of

SEALED = ("reason", "facts", "why", "exception")


def facts_text(family: Family, verdict: Verdict, limits: Limits, on: date) -> str:
    """Return what the register told, and by which limits it was judged, as JSON with its keys in order."""
    told = {
        "on": on,
        "ground": verdict.ground.value,
        "alone": [kin.key for kin in verdict.alone],
        "limits": asdict(limits),
        "family": asdict(family),
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def people_in(facts: str) -> set[str]:
    """Return the keys of all of the household of whom frozen facts tell."""
    family = json.loads(facts)["family"]
    return {one["key"] for one in (*family["spouses"], *family["kin"])}


def sealed_digest_of(row: FlexibleRequest) -> str:
    """Return the digest over the blind indexes of what is sealed."""
    places = {name: place_of("casework.flexiblerequest", name) for name in SEALED}
    return digest_rows([[blind_index(place, getattr(row, name)) for name, place in places.items()]])


def digest_of(row: FlexibleRequest, person_key: str, dependants: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a request; `dependants` are key and kind of each."""
    head: list[object] = [row.measure_id, row.number, person_key, row.unit_id, row.is_eligible]
    terms: list[object] = [row.form, row.weekdays, row.begins, row.ends, row.pattern]
    days: list[object] = [row.starts_on, row.ends_on, row.sealed_digest]
    return digest_rows([head, terms, days, *sorted(dependants)])
