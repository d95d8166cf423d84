"""What goes back, and closings of a fund by two people, for the tests of money."""

from collections.abc import Sequence
from typing import Any

from goods.builders import NOW, TODAY, House, acting, make_person
from songnuan.approvals import holds
from songnuan.approvals.hold_rules import Held
from songnuan.funds import actions as funds
from songnuan.funds.holding import lock, subject_of
from songnuan.funds.models import Closing, Entry
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of

_numbers = iter(range(1, 10**9))


def approver_of(house: House) -> Actor:
    """Return who confirms closings in the house; the first time, make them."""
    post = Post.objects.filter(unit=house.bureau, role=Role.APPROVER).select_related("user").first()
    return actor_of(post.user) if post else make_person("李批准", Role.APPROVER, house.bureau)


def refund(house: House, entry_id: int, amount: int, **changes: object) -> Entry:
    """Book `amount` fen that came back of what was paid on a commitment."""
    facts: dict[str, Any] = {"voucher": f"退-{next(_numbers)}", "actor": house.finance, "at": NOW}
    facts = {"reason": "少发一箱", "happened_on": TODAY, **facts, **changes}
    with acting():
        return funds.refund(entry_id=entry_id, amount_minor=amount, **facts)


def return_unspent(house: House, amount: int, **changes: object) -> Entry:
    """Book `amount` fen that go back to where the fund came from."""
    facts: dict[str, Any] = {"voucher": f"缴-{next(_numbers)}", "actor": house.finance, "at": NOW}
    facts = {"reason": "结余缴回", "happened_on": TODAY, **facts, **changes}
    with acting():
        return funds.return_unspent(fund_id=house.fund_id, amount_minor=amount, **facts)


def propose_closing(house: House, **changes: object) -> Closing:
    """Propose to close the fund, as finance."""
    facts: dict[str, Any] = {
        "voucher": f"结-{next(_numbers)}",
        "reason": "慰问工作结束",
        "unreceived": (),
        "unanswered": (),
        "lost_minor": 0,
        "actor": house.finance,
        "at": NOW,
        **changes,
    }
    with acting():
        return funds.propose_closing(fund_id=house.fund_id, **facts)


def propose_reopening(house: House, **changes: object) -> Closing:
    """Propose to reopen the fund, as finance."""
    facts: dict[str, Any] = {"reason": "供应商退款", "actor": house.finance, "at": NOW, **changes}
    with acting():
        return funds.propose_reopening(fund_id=house.fund_id, **facts)


def confirm(
    house: House, row: Closing, actor: Actor | None = None, **against: Sequence[str] | int
) -> Closing:
    """Confirm what was proposed, as the approver."""
    facts: dict[str, Any] = {"unreceived": (), "unanswered": (), "lost_minor": 0, **against}
    with acting():
        return funds.confirm(closing_id=row.pk, actor=actor or approver_of(house), at=NOW, **facts)


def decline(house: House, row: Closing, actor: Actor | None = None) -> Closing:
    """Decline what was proposed, as the approver."""
    with acting():
        return funds.decline(closing_id=row.pk, remark="再核对", actor=actor or approver_of(house), at=NOW)


def withdraw(house: House, row: Closing, actor: Actor | None = None) -> Closing:
    """Take back what was proposed, as who proposed it."""
    with acting():
        return funds.withdraw(closing_id=row.pk, actor=actor or house.finance, at=NOW)


def close(house: House) -> Closing:
    """Close the fund, by both people."""
    return confirm(house, propose_closing(house))


def reopen(house: House) -> Closing:
    """Reopen the fund, by both people."""
    return confirm(house, propose_reopening(house))


def inspector_of(house: House) -> Actor:
    """Return who places holds in the house; the first time, make them."""
    post = Post.objects.filter(unit=house.bureau, role=Role.INSPECTOR).select_related("user").first()
    return actor_of(post.user) if post else make_person("钱纪检", Role.INSPECTOR, house.bureau)


def hold(house: House) -> int:
    """Put the fund on hold, as the inspector; return the hold's id."""
    subject = subject_of(house.fund_id)
    held = Held(subject, house.plan.slug, house.bureau.pk, f"fund:{house.fund_id}", None)
    with acting():
        lock(house.fund_id)
        return holds.place_hold(held=held, reason="发票待核实。", actor=inspector_of(house), at=NOW).pk


def lift(house: House, hold_id: int) -> None:
    """Lift a hold, as the inspector."""
    with acting():
        holds.lift_hold(hold_id=hold_id, findings="已核实，可以继续。", actor=inspector_of(house), at=NOW)
