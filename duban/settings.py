"""Settings of an installation, read from environment variables; README.md lists them all.

Nothing needs to be set to try the system: without any variable it keeps its data in ./var, uses SQLite
and answers on this machine only.
"""

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF


def _flag(name: str, default: bool) -> bool:
    """The variable as yes or no: 1/true/yes/on or 0/false/no/off. Anything else is refused."""
    value = os.environ.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value:
        raise ValueError(f"{name}={value!r}: 只能是 1 或 0 (must be 1 or 0)")
    return default


def _kept_secret(path: Path) -> str:
    """The installation's own secret key, made once and kept beside its data, readable by its owner only.

    Several processes may start at once: each writes its own draft, and the first to link it under the name wins.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50), encoding="ascii")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


# ---- where things are -------------------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent
DATA_DIR = Path(os.environ.get("DUBAN_DATA_DIR") or "var").resolve()
STATIC_ROOT = DATA_DIR / "static"
# Uploaded papers. They have no address of their own: every download passes a permission check.
MEDIA_ROOT = DATA_DIR / "uploads"
for _directory in (DATA_DIR, STATIC_ROOT, MEDIA_ROOT):
    _directory.mkdir(parents=True, exist_ok=True)

# ---- this installation ------------------------------------------------------------------------------------

DEBUG = _flag("DUBAN_DEBUG", False)
SECRET_KEY = os.environ.get("DUBAN_SECRET_KEY") or _kept_secret(DATA_DIR / "secret-key")

_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [
    h.strip() for h in os.environ.get("DUBAN_ALLOWED_HOSTS", "").split(",") if h.strip()
] or _LOOPBACK

# A system with a name of its own is taken to be served over HTTPS; an office without it must say DUBAN_HTTPS=0.
HTTPS = _flag("DUBAN_HTTPS", not set(ALLOWED_HOSTS) <= set(_LOOPBACK))
# How many reverse proxies of ours stand in front; only then are their headers believed.
TRUSTED_PROXIES = int(os.environ.get("DUBAN_TRUSTED_PROXIES") or 0)

ROOT_URLCONF = "duban.urls"
WSGI_APPLICATION = "duban.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Before staticfiles: development serves static files the same way as production.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "duban.server",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page needs a login unless its view says @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "duban.server.web.posts.PostMiddleware",
    "duban.server.web.errors.NotVisibleMiddleware",
    "duban.server.web.unsent.UnsentMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps' own, so that our login page is found before allauth's.
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "duban.server.web.shell.shell",
            ],
        },
    },
]

# ---- database and cache -----------------------------------------------------------------------------------

_DEFAULT_DATABASE = f"sqlite:///{DATA_DIR / 'duban.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or _DEFAULT_DATABASE)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A writer takes its lock at the start: two writers wait for each other instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        # Readers are not held up by a writer. "synchronous" stays FULL: a committed entry survives a power cut.
        "init_command": "PRAGMA journal_mode=WAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # seconds
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# In the database, because the count of failed logins must hold across all worker processes.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "duban_cache"}}

# ---- people and login -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "duban.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "duban.server.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL

# Accounts are made by the administrator: by user name, without e-mail. duban.urls has no address for sign-up.
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
# By address generously: a whole office building may come from one. By account strictly: five wrong passwords in five
# minutes, whoever tries them.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: one long working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
# Without a trusted proxy's word we cannot tell which requests came over HTTPS, and would redirect in a circle.
SECURE_SSL_REDIRECT = HTTPS and TRUSTED_PROXIES > 0
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# No inline script, no inline style, nothing from another host.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}

# ---- language, time, files --------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Production serves collected files under names that carry their digest, cached for ever; development needs no collecting.
_STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
WHITENOISE_USE_FINDERS = DEBUG

_MEGABYTE = 1024 * 1024
# The largest single paper that a form accepts, in bytes.
UPLOAD_MAX_BYTES = int(os.environ.get("DUBAN_UPLOAD_MAX_MB") or 50) * _MEGABYTE
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * _MEGABYTE
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * _MEGABYTE
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Two hundred matters of one report, pasted from a spreadsheet, arrive as one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("DUBAN_LOG_LEVEL") or "INFO"},
    # Replaces Django's own handlers, which mail errors to administrators: nothing here sends mail by itself.
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
