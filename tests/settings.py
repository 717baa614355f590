"""The product's settings, with what only tests need. tests.databases has put the database and the data directory
of this run into the environment before."""

import os

os.environ["DUBAN_SECRET_KEY"] = "only for tests"
# Static files straight from the source tree, without collecting them first.
os.environ["DUBAN_DEBUG"] = "1"

from duban.settings import *  # noqa: F403
from duban.settings import DATA_DIR, DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: Django's default for tests, a database in memory, has other locks and no WAL.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
