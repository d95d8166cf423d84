import re
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse

from people import LEAD, Bureau, at
from songnuan.audit.models import Entry
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.reset_password import reset_password
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from web.browsing import as_, on, queries_of, trail_length, user_of

pytestmark = pytest.mark.django_db

PHONE = "13800138000"
LIST, NEW = "/accounts/", "/accounts/new/"


def made(username: str, role: Role | None, unit_id: int, **facts: Any) -> Actor:
    """Return a new person with one post."""
    user = create_account(
        username=username, name=f"测试{username}", actor=SYSTEM, at=at(1), password=None, **facts
    )
    if role is not None:
        give_post(user_id=user.pk, unit_id=unit_id, role=role, actor=SYSTEM, at=at(1))
    return actor_of(user)


@pytest.fixture
def admin(bureau: Bureau) -> Actor:
    """The bureau's administrator."""
    return made("admin", Role.ADMINISTRATOR, bureau.bureau_id)


def url(actor: Actor) -> str:
    """Return the page of an account."""
    return reverse("account_edit", args=(actor.user_id,))


def post(actor: Actor, address: str, **fields: object) -> Any:
    """Post a form on 8 April."""
    with on(at(8)):
        return as_(actor).post(address, {"key": str(uuid4()), **fields})


def give(admin: Actor, person: Actor, role: str, unit_id: object) -> Any:
    """Post the form that gives a post."""
    return post(admin, reverse("post_give", args=(person.user_id,)), role=role, unit=unit_id)


def end(admin: Actor, held: Post) -> Any:
    """Press the button that ends a post."""
    return post(admin, reverse("post_end", args=(held.user_id, held.pk)))


def post_of(actor: Actor) -> Post:
    """Return the one post of a person."""
    return Post.objects.get(user=user_of(actor))


def posts(actor: Actor) -> list[tuple[str, bool]]:
    """Return the posts of a person, and whether each is open."""
    rows = Post.objects.filter(user=user_of(actor)).order_by("pk").values_list("role", "ends_on")
    return [(role, ends_on is None) for role, ends_on in rows]


def acts() -> int:
    """Return how many acts on accounts the trail knows; refusals stand in a stream of their own."""
    return Entry.objects.filter(stream__name="accounts").count()


# Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["officer", "approver", "finance", "office", "inspector", "liaison", "stranger"]
)
def test_who_manages_no_accounts_sees_and_changes_none(bureau: Bureau, who: str) -> None:
    actor = getattr(bureau, who)
    other = bureau.finance
    held = post_of(other)
    for address in (LIST, NEW, url(other), url(actor)):
        assert as_(actor).get(address).status_code == 403
    assert post(actor, NEW, username="x", name="新人").status_code == 403
    assert post(actor, url(other), name="改名", is_active="on").status_code == 403
    assert give(actor, other, "inspector", bureau.bureau_id).status_code == 403
    assert end(actor, held).status_code == 403
    assert not User.objects.filter(username="x").exists()
    assert user_of(other).name == other.label
    assert posts(other) == [("finance", True)]


def test_nobody_manages_accounts_without_signing_in(bureau: Bureau) -> None:
    held = post_of(bureau.finance)
    give_url = reverse("post_give", args=(held.user_id,))
    end_url = reverse("post_end", args=(held.user_id, held.pk))
    for address in (LIST, NEW, url(bureau.finance), give_url, end_url):
        assert Client().get(address).status_code == 302
        assert reverse("account_login") in Client().post(address, {"name": "x"}).headers["Location"]
    assert posts(bureau.finance) == [("finance", True)]


def test_the_administrator_reads_every_page_and_writes_nothing_by_it(bureau: Bureau, admin: Actor) -> None:
    before = trail_length()
    client = as_(admin)
    page = client.get(LIST)
    assert page.status_code == 200
    assert {row.username for row in page.context["accounts"]} == set(
        User.objects.values_list("username", flat=True)
    )
    assert client.get(NEW).status_code == 200
    page = client.get(url(bureau.finance))
    assert page.status_code == 200
    assert [row.role for row in page.context["posts"]] == [Role.FINANCE]
    assert page.context["new_password"] == ""
    assert client.get(reverse("account_edit", args=(999_999,))).status_code == 404
    for name in ("post_give", "post_end"):
        arguments = [bureau.finance.user_id, post_of(bureau.finance).pk]
        page = client.get(reverse(name, args=arguments[: 1 if name == "post_give" else 2]))
        assert (page.status_code, page.headers["Location"]) == (302, url(bureau.finance))
    assert trail_length() == before


# A new account ----------------------------------------------------------------------------------


def test_an_account_is_opened_and_its_password_shown_once(admin: Actor) -> None:
    page = post(admin, NEW, username="xin.ren", name=" 新 人 ", phone="138-0013-8000")
    assert page.status_code == 200
    user = User.objects.get(username="xin.ren")
    assert user.phone == PHONE
    password = page.context["new_password"]
    assert password in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert authenticate(username="xin.ren", password=password) == user
    again = as_(admin).get(reverse("account_edit", args=(user.pk,))).content.decode()
    assert password not in again
    assert not any(password in facts for facts in Entry.objects.values_list("facts", flat=True))


def test_the_page_that_shows_a_password_leads_on_to_the_account(bureau: Bureau, admin: Actor) -> None:
    page = post(admin, NEW, username="xin", name="新人")
    user = User.objects.get(username="xin")
    forms = re.findall(r'<form class="sheet inside" method="post" action="([^"]+)"', page.content.decode())
    assert forms == [reverse("account_edit", args=(user.pk,))]
    page = give(admin, bureau.finance, "approver", bureau.bureau_id)
    forms = re.findall(r'<form class="sheet inside" method="post" action="([^"]+)"', page.content.decode())
    assert forms == [url(bureau.finance)]


def test_an_account_posted_twice_is_opened_once(admin: Actor) -> None:
    assert post(admin, NEW, username="xin", name="新人").status_code == 200
    page = post(admin, NEW, username="xin", name="新人")
    assert page.status_code == 422
    assert "xin" in page.context["form"].errors["username"][0]
    assert User.objects.filter(username="xin").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "新人"),
        ("username", "Xin"),
        ("username", "a" * 41),
        ("username", "finance"),
        ("name", ""),
        ("name", "名" * 61),
        ("phone", "12"),
        ("phone", "１３８"),
    ],
)
def test_what_is_wrong_with_a_new_account_stands_beside_it(admin: Actor, field: str, value: str) -> None:
    before = User.objects.count()
    sent = {"username": "xin", "name": "新人", "phone": "", field: value}
    page = post(admin, NEW, **sent)
    assert page.status_code == 422
    form = page.context["form"]
    assert list(form.errors) == [field]
    assert f'id="id_{field}_error"' in page.content.decode()
    assert {name: form[name].value() for name in form.fields} == sent
    assert User.objects.count() == before


def test_everything_that_is_wrong_with_a_new_account_is_said_at_once(admin: Actor) -> None:
    before = User.objects.count()
    page = post(admin, NEW, username="Officer!", name="名" * 61, phone="12")
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"username", "name", "phone"}
    page = post(admin, NEW, username="finance", name="新人", phone="12")
    assert set(page.context["form"].errors) == {"username", "phone"}
    assert "finance" in page.context["form"].errors["username"][0]
    assert User.objects.count() == before


def test_a_password_stands_large_with_a_button_that_copies_it_and_no_script_inside_the_page(
    admin: Actor,
) -> None:
    page = post(admin, NEW, username="xin", name="新人")
    text = page.content.decode()
    assert f'<p class="secret" id="secret">{page.context["new_password"]}</p>' in text
    assert 'data-copy="secret"' in text
    assert "web/copy.js" in text
    assert all(script.endswith("></script>") for script in re.findall(r"<script.*?</script>", text))
    assert User.objects.get(username="xin").must_change_password
    again = as_(admin).get(reverse("account_edit", args=(User.objects.get(username="xin").pk,)))
    assert "web/copy.js" not in again.content.decode()


# An account that is there -----------------------------------------------------------------------


def test_a_name_is_changed(bureau: Bureau, admin: Actor) -> None:
    page = post(admin, url(bureau.finance), name="秦如数", is_active="on", phone="")
    assert (page.status_code, page.headers["Location"]) == (302, url(bureau.finance))
    assert user_of(bureau.finance).name == "秦如数"
    page = post(admin, url(bureau.finance), name=" ", is_active="on")
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["name"]
    assert user_of(bureau.finance).name == "秦如数"


def test_an_account_that_is_shut_is_signed_out_and_holds_no_new_post(bureau: Bureau, admin: Actor) -> None:
    client = as_(bureau.finance)
    assert client.get(reverse("funds")).status_code == 200
    assert post(admin, url(bureau.finance), name=bureau.finance.label).status_code == 302
    assert client.get(reverse("funds")).status_code == 302
    page = as_(admin).get(url(bureau.finance))
    assert page.context["post_form"] is None
    page = give(admin, bureau.finance, "unit_liaison", bureau.bureau_id)
    assert page.status_code == 422
    assert posts(bureau.finance) == [("finance", True)]
    post(admin, url(bureau.finance), name=bureau.finance.label, is_active="on")
    assert user_of(bureau.finance).is_active


def test_a_phone_is_shown_masked_kept_when_empty_and_replaced_when_told(bureau: Bureau, admin: Actor) -> None:
    person = made("xin", Role.UNIT_LIAISON, bureau.bureau_id, phone=PHONE)
    for address in (LIST, url(person)):
        assert PHONE not in as_(admin).get(address).content.decode()
    assert "138****8000" in as_(admin).get(url(person)).content.decode()
    post(admin, url(person), name=person.label, is_active="on", phone="")
    assert user_of(person).phone == PHONE
    post(admin, url(person), name=person.label, is_active="on", phone="0591-87123456")
    assert user_of(person).phone == "0591-87123456"
    page = post(admin, url(person), name=person.label, is_active="on", phone="abc")
    assert page.status_code == 422
    assert user_of(person).phone == "0591-87123456"


def test_a_new_password_is_shown_once_and_the_old_one_ends(bureau: Bureau, admin: Actor) -> None:
    user = user_of(bureau.finance)
    reset_password(user_id=user.pk, password="old-and-long-enough", actor=SYSTEM, at=at(2))
    client = Client()
    assert client.login(username="finance", password="old-and-long-enough")
    page = post(admin, url(bureau.finance), name=user.name, is_active="on", new_password="on")
    assert page.status_code == 200
    password = page.context["new_password"]
    assert authenticate(username="finance", password=password) == user
    assert authenticate(username="finance", password="old-and-long-enough") is None
    assert client.get(reverse("funds")).status_code == 302
    assert "no-store" in page.headers["Cache-Control"]
    assert not page.context["form"]["new_password"].value(), "the page does not make another one by itself"
    assert password not in as_(admin).get(url(bureau.finance)).content.decode()
    assert user_of(bureau.finance).must_change_password


def test_nobody_shuts_oneself_out_or_gives_oneself_a_post(bureau: Bureau, admin: Actor) -> None:
    page = as_(admin).get(url(admin))
    assert list(page.context["form"].fields) == ["name", "phone"]
    assert page.context["post_form"] is None
    assert post(admin, url(admin), name="管有序").status_code == 302
    assert (user_of(admin).is_active, user_of(admin).name) == (True, "管有序")
    page = give(admin, admin, "unit_liaison", bureau.bureau_id)
    assert page.status_code == 422
    assert len(page.context["post_form"].non_field_errors()) == 1
    assert posts(admin) == [("administrator", True)]


def test_who_administers_a_part_takes_no_account_that_reaches_further(bureau: Bureau, admin: Actor) -> None:
    part = made("part", Role.ADMINISTRATOR, bureau.lead_id)
    post(admin, url(bureau.finance), name=bureau.finance.label, is_active="on", phone=PHONE)
    page = as_(part).get(url(bureau.finance))
    assert all(field.disabled for field in page.context["form"].fields.values())
    assert "138****8000" not in page.content.decode()
    sent = {"name": "改名", "phone": "0591-87123456", "new_password": "on"}
    assert post(part, url(bureau.finance), **sent).status_code == 403
    user = user_of(bureau.finance)
    assert (user.name, user.phone, user.is_active) == (bureau.finance.label, PHONE, True)
    assert end(part, post_of(bureau.finance)).status_code == 403
    assert give(part, bureau.finance, "unit_liaison", bureau.bureau_id).status_code == 422, "no such choice"
    assert posts(bureau.finance) == [("finance", True)]


# A lost second step -----------------------------------------------------------------------------


def with_factor(actor: Actor) -> str:
    """Set up a second step for the person, and return the address that takes it off."""
    TOTP.activate(user_of(actor), "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user_of(actor))
    return reverse("second_factor_reset", args=(actor.user_id,))


def factors(actor: Actor) -> int:
    """Return how many means of a second step the person has."""
    return int(Authenticator.objects.filter(user=user_of(actor)).count())


def test_a_lost_second_step_is_taken_off_with_a_reason_that_stays_in_the_trail(
    bureau: Bureau, admin: Actor
) -> None:
    page = as_(admin).get(url(bureau.finance))
    assert (page.context["factor"], page.context["factor_form"]) == (False, None)
    address = with_factor(bureau.finance)
    with_factor(bureau.officer)
    page = as_(admin).get(url(bureau.finance))
    assert page.context["factor"] is True
    assert f'action="{address}"' in page.content.decode()
    before = acts()
    page = post(admin, address, reason=" 手机遗失，已当面核实 ")
    assert (page.status_code, page.headers["Location"]) == (302, url(bureau.finance))
    assert (factors(bureau.finance), factors(bureau.officer)) == (0, 2)
    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.subject, entry.actor_key) == (
        "organisation.reset_second_factor",
        f"organisation.user:{bureau.finance.user_id}",
        admin.key,
    )
    assert entry.facts == '{"reason":"手机遗失，已当面核实"}'
    assert acts() == before + 1
    assert post(admin, address, reason="再来一次").status_code == 409, "there is none any more"
    assert as_(admin).get(address).headers["Location"] == url(bureau.finance)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_a_second_step_is_not_taken_off_without_a_fitting_reason(
    bureau: Bureau, admin: Actor, reason: str
) -> None:
    page = post(admin, with_factor(bureau.finance), reason=reason)
    assert page.status_code == 422
    assert list(page.context["factor_form"].errors) == ["reason"]
    assert 'id="id_reason_error"' in page.content.decode()
    assert factors(bureau.finance) == 2


def test_nobody_takes_off_ones_own_second_step_or_that_of_somebody_beyond_reach(
    bureau: Bureau, admin: Actor
) -> None:
    part = made("part", Role.ADMINISTRATOR, bureau.lead_id)
    assert post(admin, with_factor(admin), reason="换手机").status_code == 409
    assert as_(admin).get(url(admin)).context["factor"] is None
    beyond = with_factor(bureau.finance)
    assert post(part, beyond, reason="换手机").status_code == 403
    assert as_(part).get(url(bureau.finance)).context["factor"] is None
    assert post(bureau.officer, beyond, reason="换手机").status_code == 403
    assert Client().post(beyond, {"reason": "换手机"}).status_code == 302
    assert as_(admin, enforce_csrf_checks=True).post(beyond, {"reason": "换手机"}).status_code == 403
    assert (factors(admin), factors(bureau.finance)) == (2, 2)


# Posts ------------------------------------------------------------------------------------------


def test_a_post_is_given_and_ended(bureau: Bureau, admin: Actor) -> None:
    page = give(admin, bureau.liaison, "unit_liaison", bureau.lead_id)
    assert (page.status_code, page.headers["Location"]) == (302, url(bureau.liaison))
    assert posts(bureau.liaison) == [("lead_liaison", True), ("unit_liaison", True)]
    held = Post.objects.get(user=user_of(bureau.liaison), role="unit_liaison")
    assert held.starts_on == at(8).date()
    page = end(admin, held)
    assert (page.status_code, page.headers["Location"]) == (302, url(bureau.liaison))
    assert posts(bureau.liaison) == [("lead_liaison", True), ("unit_liaison", False)]
    assert end(admin, held).status_code == 409, "it has ended already"


def test_posts_that_exclude_each_other_are_refused_by_name(bureau: Bureau, admin: Actor) -> None:
    before = acts()
    page = give(admin, bureau.finance, "approver", bureau.bureau_id)
    assert page.status_code == 422
    form = page.context["post_form"]
    assert list(form.errors) == ["role"]
    assert (form["role"].value(), form["unit"].value()) == ("approver", str(bureau.bureau_id))
    assert form.errors["role"][0] in page.content.decode()
    assert posts(bureau.finance) == [("finance", True)]
    assert acts() == before


@pytest.mark.parametrize(
    ("role", "unit", "field"),
    [
        ("king", "1", "role"),
        ("", "1", "role"),
        ("approver", "", "unit"),
        ("approver", "0", "unit"),
        ("approver", "x", "unit"),
    ],
)
def test_a_post_that_does_not_exist_is_no_choice(
    bureau: Bureau, admin: Actor, role: str, unit: str, field: str
) -> None:
    page = give(admin, bureau.liaison, role, bureau.bureau_id if unit == "1" else unit)
    assert page.status_code == 422
    assert list(page.context["post_form"].errors) == [field]
    assert posts(bureau.liaison) == [("lead_liaison", True)]


def test_a_post_held_already_is_refused(bureau: Bureau, admin: Actor) -> None:
    page = give(admin, bureau.finance, "finance", bureau.bureau_id)
    assert list(page.context["post_form"].errors) == ["role"]
    assert posts(bureau.finance) == [("finance", True)]


def test_the_last_administrator_stays(bureau: Bureau, admin: Actor) -> None:
    assert end(admin, post_of(admin)).status_code == 409
    second = made("second", Role.ADMINISTRATOR, bureau.bureau_id)
    assert end(admin, post_of(second)).status_code == 302
    assert posts(admin) == [("administrator", True)]


def test_a_post_is_ended_on_the_page_of_who_holds_it_only(bureau: Bureau, admin: Actor) -> None:
    held = post_of(bureau.finance)
    wrong = reverse("post_end", args=(bureau.officer.user_id, held.pk))
    assert post(admin, wrong).status_code == 404
    assert posts(bureau.finance) == [("finance", True)]


def test_the_units_to_choose_are_those_of_ones_own_reach_by_kind(bureau: Bureau, admin: Actor) -> None:
    part = made("part", Role.ADMINISTRATOR, bureau.lead_id)
    choices = as_(part).get(url(bureau.stranger)).context["post_form"].fields["unit"].choices
    assert [units for _kind, units in choices[1:]] == [[(bureau.lead_id, LEAD)]]
    groups = as_(admin).get(url(bureau.stranger)).context["post_form"].fields["unit"].choices
    assert [len(units) for _kind, units in groups[1:]] == [1, 19]


def test_posts_without_the_token_of_the_site_change_nothing(bureau: Bureau, admin: Actor) -> None:
    client = as_(admin, enforce_csrf_checks=True)
    held = post_of(bureau.finance)
    assert client.post(NEW, {"username": "xin", "name": "新人"}).status_code == 403
    assert client.post(url(bureau.finance), {"name": "改名"}).status_code == 403
    assert client.post(reverse("post_end", args=(held.user_id, held.pk))).status_code == 403
    assert not User.objects.filter(username="xin").exists()
    assert posts(bureau.finance) == [("finance", True)]


# Many -------------------------------------------------------------------------------------------


def test_many_accounts_are_paged_by_key_at_the_same_cost(bureau: Bureau, admin: Actor) -> None:
    client = as_(admin)
    client.get(LIST)
    few = queries_of(client, LIST)
    person = queries_of(client, url(bureau.stranger))
    User.objects.bulk_create(
        User(username=f"many{number:02d}", name="多人", created_at=at(1)) for number in range(60)
    )
    many = User.objects.filter(username__startswith="many")
    Post.objects.bulk_create(
        Post(
            user=user,
            unit_id=bureau.lead_id,
            role=Role.UNIT_LIAISON,
            starts_on=at(1).date(),
        )
        for user in many
    )
    assert queries_of(client, LIST) == few
    assert queries_of(client, url(bureau.stranger)) == person
    first = client.get(LIST)
    second = client.get(LIST, {"before": first.context["older"]})
    seen = [row.username for page in (first, second) for row in page.context["accounts"]]
    assert seen == list(User.objects.order_by("username").values_list("username", flat=True))
    assert (len(first.context["accounts"]), second.context["older"]) == (50, None)
    assert client.get(LIST, {"before": "nobody"}).context["accounts"] == first.context["accounts"]
