"""Who there is: offices (督查机构), units (单位), people, and the posts they hold (任职)."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from duban.core.entries import Actor
from duban.server.pinyin import initials


class Office(models.Model):
    """A supervision office (督查机构); everything else hangs off one, and offices never see each other's.

    ``parameters``: the numbers the office fills in over the pack's. ``local_days_off``: ISO date → name.
    ``articles``: the regulation's official words by article id, where the office has loaded them.
    """

    key = models.SlugField("代号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    pack = models.CharField("制度", max_length=60)
    parameters = models.JSONField("参数", default=dict, blank=True)
    local_days_off = models.JSONField("地方放假日", default=dict, blank=True)
    articles = models.JSONField("制度原文", default=dict, blank=True)
    is_demo = models.BooleanField("演示", default=False)

    class Meta:
        verbose_name = "督查机构"
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A unit (单位) in an office's directory. ``active_to`` is the last day of a temporary body's term."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="units")
    key = models.CharField("代号", max_length=60)
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=40, blank=True)
    aliases = models.JSONField("别名", default=list, blank=True)
    initials = models.CharField("拼音首字母", max_length=140, blank=True, editable=False)
    kind = models.CharField("类型", max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    active_from = models.DateField("设立日", null=True, blank=True)
    active_to = models.DateField("终止日", null=True, blank=True)
    order = models.IntegerField("排序", default=0)

    class Meta:
        verbose_name = "单位"
        ordering = ("office", "order", "key")
        constraints = [models.UniqueConstraint(fields=("office", "key"), name="unit_key_in_office")]

    def __str__(self) -> str:
        return self.short_name or self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.initials = " ".join(dict.fromkeys(initials(x) for x in (self.name, self.short_name) if x))
        super().save(*args, **kwargs)


class UnitContact(models.Model):
    """A person the unit names in the directory (通讯录)."""

    ROLES: ClassVar = {
        "head": "主要负责人",
        "deputy": "分管负责人",
        "liaison": "联络员",
        "supervisor": "督查员",
    }

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField("身份", max_length=20, choices=ROLES.items())
    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("电话", max_length=40, blank=True)

    class Meta:
        verbose_name = "单位联系人"
        ordering = ("unit", "role", "pk")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person with an account. What a person may do comes from posts alone."""

    display_name = models.CharField("姓名", max_length=60, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "用户"

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def person(self) -> str:
        """The name under which entries know this person; it never changes and is never given again."""
        return f"u{self.pk}"


class PostQuerySet(models.QuerySet["Post"]):
    def current(self, day: date) -> "PostQuerySet":
        """Posts held on ``day``."""
        started = models.Q(valid_from=None) | models.Q(valid_from__lte=day)
        lasting = models.Q(valid_to=None) | models.Q(valid_to__gte=day)
        return self.filter(started & lasting, user__is_active=True)


class Post(models.Model):
    """Which role (制度里的职务) a person holds, where and when (任职). Roles are the pack's words.

    A post without a unit belongs to the office itself; ``acting`` is a temporary deputy (代理、主持工作).
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField("职务", max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    valid_from = models.DateField("任职起", null=True, blank=True)
    valid_to = models.DateField("任职止", null=True, blank=True)
    acting = models.BooleanField("代理", default=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        ordering = ("user", "pk")
        indexes = [models.Index(fields=("office", "role"), name="post_by_role")]

    def __str__(self) -> str:
        return f"{self.user}（{self.role}）"

    @property
    def unit_key(self) -> str:
        """The unit's key; empty for a post in the office itself."""
        return self.unit.key if self.unit else ""

    def actor(self) -> Actor:
        """This person in this role, as entries name it."""
        return Actor(person=self.user.person, name=str(self.user), role=self.role, unit=self.unit_key)

    def is_current(self, day: date) -> bool:
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_to is None or day <= self.valid_to) and self.user.is_active
