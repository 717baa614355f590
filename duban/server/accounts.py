"""Keeping accounts (账号) and posts (任职): made by an office's administrator, ended by date, never deleted."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from duban.core.errors import DubanError
from duban.server import clock
from duban.server.models import Office, Post, Unit, User
from duban.server.permissions import NotVisible
from duban.server.world import pack_of

log = logging.getLogger(__name__)
ADMINISTRATOR = "administrator"
"""The product's own role: keeps people, units and settings (管理员); packs know nothing of it."""
IN_A_UNIT = frozenset({"unit_staff", "unit_head"})
ANYWHERE = frozenset({"linked_body"})


class AccountRefused(DubanError):
    """What was asked cannot be done; ``errors``: field → what to correct, the empty field for the whole."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("；".join(errors.values()))


@dataclass(frozen=True)
class PostFacts:
    """A post to be given. ``valid_to`` is its last day; None: until it is ended."""

    role: str
    unit: Unit | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    acting: bool = False


@dataclass(frozen=True)
class PersonFacts:
    username: str
    display_name: str
    phone: str = ""


def people_of(office: Office) -> QuerySet[User]:
    """Everyone who holds or held a post in the office."""
    return User.objects.filter(posts__office=office).distinct()


def access_person(office: Office, pk: int) -> User:
    """A person of this office. Raises ``NotVisible``."""
    found = people_of(office).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def elsewhere(office: Office, user: User) -> bool:
    """Whether the account also serves another office: then its password and its end are not this one's to decide."""
    return Post.objects.filter(user=user).exclude(office=office).exists()


# --- accounts ------------------------------------------------------------------------------------------------------


def create_person(office: Office, person: PersonFacts, password: str, facts: PostFacts) -> User:
    """A new account with its first post. Raises :class:`AccountRefused`, and then nothing is kept."""
    errors = _person_errors(person)
    user = User(username=person.username, display_name=person.display_name, phone=person.phone)
    if problem := password_problem(password, user):
        errors["password"] = problem
    errors |= _post_errors(office, None, facts)
    if errors:
        raise AccountRefused(errors)
    user.set_password(password)
    with transaction.atomic():
        user.save()
        _new_post(office, user, facts)
    log.info("Account %s made in office %s", user.person, office.key)
    return user


def _person_errors(person: PersonFacts) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not person.display_name:
        errors["display_name"] = "请写明姓名。"
    elif len(person.display_name) > 60:
        errors["display_name"] = "不能超过 60 个字。"
    if len(person.phone) > 40:
        errors["phone"] = "不能超过 40 个字。"
    try:
        User.username_validator(person.username)
    except ValidationError:
        errors["username"] = "账号只能用字母、数字、汉字和 @ . + - _。"
    if not 0 < len(person.username) <= 150:
        errors["username"] = "请写明账号，不超过 150 个字。"
    elif User.objects.filter(username__iexact=person.username).exists():
        errors["username"] = "这个账号已经有人用了，请换一个。"
    return errors


def password_problem(password: str, user: User) -> str:
    """Why the password will not do, in Chinese; empty for a good one."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def rename_person(office: Office, user: User, display_name: str, phone: str) -> None:
    """Change how a person is called from now on; what is recorded keeps the name it was recorded under."""
    _only_ours(office, user)
    person = PersonFacts(user.username, display_name, phone)
    errors = {k: v for k, v in _person_errors(person).items() if k != "username"}
    if errors:
        raise AccountRefused(errors)
    User.objects.filter(pk=user.pk).update(display_name=display_name, phone=phone)
    log.info("Account %s renamed in office %s", user.person, office.key)


def reset_password(office: Office, user: User, password: str) -> None:
    """Set a new password; whoever is signed in with the old one is signed out."""
    _only_ours(office, user)
    if problem := password_problem(password, user):
        raise AccountRefused({"password": problem})
    user.set_password(password)
    user.save(update_fields=["password"])
    log.info("Password of %s reset in office %s", user.person, office.key)


def set_active(office: Office, user: User, active: bool) -> None:
    """Close an account, or open it again. Posts and everything recorded stay."""
    _only_ours(office, user)
    with transaction.atomic():
        Office.objects.select_for_update().get(pk=office.pk)
        User.objects.filter(pk=user.pk).update(is_active=active)
        if Post.objects.filter(user=user, office=office, role=ADMINISTRATOR).exists():
            _keep_an_administrator(office)
    log.info("Account %s set active=%s in office %s", user.person, active, office.key)


def _only_ours(office: Office, user: User) -> None:
    if elsewhere(office, user):
        raise AccountRefused(
            {
                "": "此人在别的督查机构也有任职，姓名、密码和停用由系统维护人员办理；本机构可以结束其在本机构的任职。"
            }
        )


# --- posts -------------------------------------------------------------------------------------------------------


def give_post(office: Office, user: User, facts: PostFacts) -> Post:
    """Raises :class:`AccountRefused`."""
    if errors := _post_errors(office, user, facts):
        raise AccountRefused(errors)
    post = _new_post(office, user, facts)
    log.info("Post %s (%s) given to %s in office %s", post.pk, post.role, user.person, office.key)
    return post


def _new_post(office: Office, user: User, facts: PostFacts) -> Post:
    return Post.objects.create(
        user=user,
        office=office,
        role=facts.role,
        unit=facts.unit,
        valid_from=facts.valid_from or clock.today(),
        valid_to=facts.valid_to,
        acting=facts.acting,
    )


def _post_errors(office: Office, user: User | None, facts: PostFacts) -> dict[str, str]:
    role = pack_of(office).role(facts.role)
    if role is None and facts.role != ADMINISTRATOR:
        return {"role": "请选择职务。"}
    errors: dict[str, str] = {}
    kind = role.kind if role else ADMINISTRATOR
    if kind in IN_A_UNIT and facts.unit is None:
        errors["unit"] = "这个职务属于某个单位，请选单位。"
    if kind not in IN_A_UNIT | ANYWHERE and facts.unit is not None:
        errors["unit"] = "这个职务属于督查机构本身，不选单位。"
    start = facts.valid_from or clock.today()
    if facts.valid_to and facts.valid_to < start:
        errors["valid_to"] = "最后一天不能早于开始日。"
    if user and not errors and _held(user, office, facts, start):
        errors["role"] = "此人在这段时间已有同一任职。"
    return errors


def _held(user: User, office: Office, facts: PostFacts, start: date) -> bool:
    same = Post.objects.filter(user=user, office=office, role=facts.role, unit=facts.unit)
    end = facts.valid_to or date.max
    return any((p.valid_to or date.max) >= start and (p.valid_from or date.min) <= end for p in same)


def end_post(office: Office, post: Post, last_day: date) -> None:
    """Set a post's last day; the day before it began undoes a post that was never taken up.

    Raises :class:`AccountRefused`, also where the office would be left without an administrator.
    """
    if post.valid_from and last_day < post.valid_from - timedelta(days=1):
        raise AccountRefused({f"last_day_{post.pk}": "最后一天不能早于开始日的前一天。"})
    with transaction.atomic():
        Office.objects.select_for_update().get(pk=office.pk)
        Post.objects.filter(pk=post.pk, office=office).update(valid_to=last_day)
        if post.role == ADMINISTRATOR:
            _keep_an_administrator(office)
    log.info("Post %s ends on %s in office %s", post.pk, last_day, office.key)


def _keep_an_administrator(office: Office) -> None:
    """Somebody must remain who can let people in: an administrator from today on, without an end."""
    remaining = Post.objects.filter(office=office, role=ADMINISTRATOR, valid_to=None)
    if not remaining.current(clock.today()).exists():
        raise AccountRefused({"": "本机构至少要留一名没有定结束日的管理员。请先给别人管理员任职。"})


# --- a new office ------------------------------------------------------------------------------------------------


def create_office(key: str, name: str, pack: str, person: PersonFacts, password: str) -> Office:
    """An office with its first administrator. Raises :class:`AccountRefused` or ``PackError``."""
    with transaction.atomic():
        office = Office.objects.create(key=key, name=name, pack=pack)
        create_person(office, person, password, PostFacts(ADMINISTRATOR))
    return office
