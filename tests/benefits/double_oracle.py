"""Double payments found slowly and plainly: each line held against all, names compared pair by pair."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

ORDER = [
    "dead",
    "paid_elsewhere",
    "settled_elsewhere",
    "qualifier_twice",
    "same_number",
    "alike_name_account",
    "alike_name_phone",
    "alike_name_birth",
    "same_account",
    "same_phone",
]


@dataclass(frozen=True)
class Man:
    """An entry of the register; `into` is the place of the one that it was merged into."""

    name: str
    number: str = ""
    account: str = ""
    phone: str = ""
    birth: str = ""
    into: int | None = None


@dataclass(frozen=True)
class Sum:
    """A line: by the places of payee and qualifier, in fen."""

    payee: int
    qualifier: int
    minor: int


@dataclass
class World:
    """The register, the list that is looked at, those of others, what is settled elsewhere, and the dead."""

    men: Sequence[Man]
    own: Sequence[Sum]
    lists: Sequence[Sequence[Sum]] = ()
    settled: Sequence[tuple[int, int]] = ()
    dead: Sequence[str] = field(default_factory=list)

    def root(self, at: int) -> int:
        """Return for whom an entry stands."""
        into = self.men[at].into
        return at if into is None else into

    def numbers(self, at: int) -> set[str]:
        """Return every number that the person bears, or an entry merged into it."""
        return {man.number for other, man in enumerate(self.men) if self.root(other) == at and man.number}


@dataclass(frozen=True)
class Seen:
    """What is found of a line, by its place; `other` is the place of a person, a settled sum or a death."""

    line: int
    kind: str
    other: int
    other_list: int | None = None
    other_minor: int | None = None
    sharing: int = 2


def distance(one: str, other: str) -> int:
    """Return in how many characters two names differ, by Levenshtein's table."""
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, against in enumerate(other, 1):
            before, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, before + (sign != against)),
            )
    return row[-1]


def find(world: World) -> set[Seen]:
    """Return everything that is found."""
    found = set(_alone(world))
    within = {world.root(line.payee) for line in world.own}
    pairs: dict[tuple[int, int, int | None], list[tuple[str, int]]] = {
        (root, other, None): list(_pair(world, root, other, sorted(within), None))
        for root in within
        for other in within
        if other < root
    }
    for number, lines in enumerate(world.lists):
        there = sorted({world.root(line.payee) for line in lines})
        pairs |= {
            (root, other, number): list(_pair(world, root, other, there, number))
            for root in within
            for other in there
        }
    for (root, other, listed), reasons in pairs.items():
        best = min((ORDER.index(kind) for kind, _sharing in reasons), default=0)
        theirs = world.own if listed is None else world.lists[listed]
        minor = sum(line.minor for line in theirs if world.root(line.payee) == other)
        for kind, sharing in reasons:
            if ORDER.index(kind) == best or sharing > 2:
                found |= {
                    Seen(at, kind, other, listed, minor, sharing)
                    for at, line in enumerate(world.own)
                    if world.root(line.payee) == root
                }
    return found


def _pair(
    world: World, root: int, other: int, there: Sequence[int], number: int | None
) -> Iterator[tuple[str, int]]:
    """Yield why two persons are held against each other, with how many share it."""
    one, two = world.men[root], world.men[other]
    if root == other:
        yield "paid_elsewhere", 2
        return
    if world.numbers(root) & world.numbers(other):
        yield "same_number", 2
    far = distance(one.name, two.name) if one.name and two.name else 9
    is_long = min(len(one.name), len(two.name)) > 2 or one.name == two.name
    account, phone, birth = (
        bool(getattr(one, what)) and getattr(one, what) == getattr(two, what)
        for what in ("account", "phone", "birth")
    )
    if far <= 1 and account:
        yield "alike_name_account", 2
    if far <= 1 and phone and (is_long or birth):
        yield "alike_name_phone", 2
    if far <= 1 and birth and is_long:
        yield "alike_name_birth", 2
    for kind, is_same, what in (("same_account", account, "account"), ("same_phone", phone, "phone")):
        if not is_same or (number is not None and kind == "same_phone"):
            continue
        sharing = {man for man in there if getattr(world.men[man], what) == getattr(one, what)}
        if other == min(sharing - {root}):
            yield kind, len(sharing | {root})


def _alone(world: World) -> Iterator[Seen]:
    for at, line in enumerate(world.own):
        root, served = world.root(line.payee), world.root(line.qualifier)
        dead = [place for place, number in enumerate(world.dead) if number in world.numbers(root)]
        if dead:
            yield Seen(at, "dead", dead[0])
        for place, (payee, minor) in enumerate(world.settled):
            if world.root(payee) == root:
                yield Seen(at, "settled_elsewhere", place, None, minor)
        for number, lines in enumerate(world.lists):
            theirs = [
                (world.root(one.payee), one.minor)
                for one in lines
                if world.root(one.qualifier) == served and world.root(one.payee) != root
            ]
            if theirs:
                people = {payee for payee, _minor in theirs}
                minor = sum(minor for _payee, minor in theirs)
                yield Seen(at, "qualifier_twice", min(people), number, minor, len(people) + 1)
