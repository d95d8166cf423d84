"""How the demo's people get in: sign-ins, and the code of one who is paid; kept for its owner only."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from songnuan.journeys.issue_access_code import issue_access_code
from songnuan.kernel import keys
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Installation, User
from songnuan.organisation.passwords import drawn_password
from songnuan.organisation.queries import actor_of, now
from songnuan.people import access_codes
from songnuan.people.models import AccessCode, Person

_WHOLE = "/whole/"


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one sample person signs in, and for which house."""

    role: str
    label: str
    username: str
    password: str
    name: str
    house: str


@dataclass(frozen=True, slots=True)
class WayIn:
    """How somebody of the register sees what is held of them: the code, once, and the end of the number."""

    name: str
    code: str
    ending: str


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made. `today` is the day the demo stands at."""

    sign_ins: Sequence[SignIn]
    payee: WayIn | None
    teacher: WayIn | None
    today: date

    def document(self) -> dict[str, object]:
        """Return it for `--json`."""
        rows = [asdict(row) for row in self.sign_ins]
        return {
            "today": self.today,
            "sign_ins": rows,
            "payee": self.payee and asdict(self.payee),
            "teacher": self.teacher and asdict(self.teacher),
        }


def claim_folder() -> None:
    """Make the data folder a demo's, as far as it is none."""
    keys.home().mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (keys.home() / "demo.json").exists():
        _keep({})


def passwords_of(usernames: Iterable[str]) -> dict[str, str]:
    """Return a password for each sign-in, made once for this demo and kept readable by its owner only."""
    known = _known()
    lacking = set(usernames) - known.keys()
    if not lacking:
        return known
    # A demo of an earlier release lacks the newer posts.
    made = known | {username: drawn_password(username) for username in sorted(lacking)}
    _keep(made)
    return made


def way_in(person: Person | None, username: str, kept: str) -> WayIn | None:
    """Return a code that still opens somebody's own page; another one is given out once it was used.

    `username` is of who gives it out; None where they cannot any more. `kept` is under what name the code is
    kept beside the passwords: none that a username may have.
    """
    by = User.objects.filter(username=username).first()
    if person is None or by is None:
        return None
    known, at = _known(), now()
    code = known.get(kept, "")
    opens = AccessCode.objects.filter(access_codes.live(at), person=person, used_at=None)
    if not code or not opens.filter(digest=access_codes.digest(code)).exists():
        try:
            code = issue_access_code(person_key=person.key, actor=actor_of(by), at=at).code
        except Refusal:
            return None
        _keep({**known, kept: code})
    return WayIn(person.name, code, access_codes.ending_of(person))


def made_whole() -> set[str]:
    """Return the houses of which all was done in this database."""
    told = Installation.objects.get().created_at.isoformat()
    return {
        name.removeprefix(_WHOLE)
        for name, made in _known().items()
        if name.startswith(_WHOLE) and made == told
    }


def note_whole(house: str) -> None:
    """Note beside the passwords that all was done in a house of this database."""
    _keep({**_known(), f"{_WHOLE}{house}": Installation.objects.get().created_at.isoformat()})


def _known() -> dict[str, str]:
    path = keys.home() / "demo.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return known


def _keep(told: Mapping[str, str]) -> None:
    """Write it beside the file and put it in its place whole."""
    path = keys.home() / "demo.json"
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(told, file)
    temporary.replace(path)
