"""The one Django app of the project."""

from django.apps import AppConfig


class DubanConfig(AppConfig):
    """督办, under the label that migrations and permissions use."""

    name = "duban.server"
    label = "duban"
    verbose_name = "督办"
