"""Django's settings, from the environment (all optional: one box needs none).

ANLAN_DATA         the data folder (default ./data)
DATABASE_URL       postgres://user:password@host:port/name; default SQLite in the data folder
ANLAN_HOSTS        comma-separated host names served (default: any on a loopback or private address)
ANLAN_ORIGINS      comma-separated https:// origins trusted behind a proxy
ANLAN_ADDRESS      https://host at which people reach it, for links in messages (default: the first of ANLAN_ORIGINS)
ANLAN_MQTT_URL     mqtt://user:password@host:port of the broker to listen to
ANLAN_DISTRICT     the district's name shown on every page
ANLAN_METRICS_TOKEN  the token with which /metrics may be read from another machine
ANLAN_DEBUG        1 shows tracebacks (never in use)
"""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("ANLAN_DATA", "data")).resolve()
DEBUG = os.environ.get("ANLAN_DEBUG") == "1"


def read_secret_key(folder):
    """The signing key of this installation, made on first use and kept in the data folder (mode 600)."""
    path = folder / "secret.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def read_database(url):
    """Django's DATABASES entry for a postgres:// address, or SQLite in the data folder when empty.

    SQLite: WAL, IMMEDIATE transactions (a deferred one fails on upgrade under load), 20 s busy wait, and a
    connection is kept for a minute: the worker loop asks several times a second, and opening costs more than asking.
    """
    if not url:
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
        engine, name = "django.db.backends.sqlite3", DATA / "anlan.sqlite3"
        return {"ENGINE": engine, "NAME": name, "OPTIONS": options, "CONN_MAX_AGE": 60}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(
            f"DATABASE_URL: expected postgres://…, got {parts.scheme}://… – mend the address or unset it"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "anlan",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12}},
    }


def read_list(name, default=""):
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


SECRET_KEY = os.environ.get("ANLAN_SECRET_KEY") or read_secret_key(DATA)
ALLOWED_HOSTS = read_list("ANLAN_HOSTS", "*")
CSRF_TRUSTED_ORIGINS = read_list("ANLAN_ORIGINS")
ADDRESS = (os.environ.get("ANLAN_ADDRESS") or next(iter(CSRF_TRUSTED_ORIGINS), "")).rstrip("/")
if ADDRESS.startswith("https://") and ADDRESS not in CSRF_TRUSTED_ORIGINS:
    CSRF_TRUSTED_ORIGINS.append(ADDRESS)  # https at ANLAN_ADDRESS means that a proxy stands there
DATABASES = {"default": read_database(os.environ.get("DATABASE_URL", ""))}
MQTT_URL = os.environ.get("ANLAN_MQTT_URL", "")
DISTRICT = os.environ.get("ANLAN_DISTRICT", "")
METRICS_TOKEN = os.environ.get("ANLAN_METRICS_TOKEN", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "anlan.kit",
    "anlan.domains.accounts",
    "anlan.domains.places",
    "anlan.domains.enterprises",
    "anlan.domains.crowd",
    "anlan.domains.notices",
    "anlan.domains.riskmap",
    "anlan.domains.hazards",
    "anlan.domains.emergency",
    "anlan.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "anlan.site.language.LanguageByChoice",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "anlan.site.field.answers.SignInFirst",
    "anlan.domains.accounts.middleware.OwnPasswordFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

CSRF_FAILURE_VIEW = "anlan.site.field.answers.forged"
ROOT_URLCONF = "anlan.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "anlan.site.menu.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "site:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

# Lockout: five wrong passwords for one name from one address lock that pair for 15 minutes.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "anlan.domains.accounts.pages.sign_in.locked"
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = os.environ.get("ANLAN_TIME_ZONE", "Asia/Shanghai")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"

STATICFILES_DIRS = [PACKAGE / "dist"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CSRF_TRUSTED_ORIGINS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(CSRF_TRUSTED_ORIGINS)

SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]
PRODUCT_NAME = _("安澜")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ANLAN_LOG", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}

# The page of a place is composed of several domains, so the site owns its address.
ABSOLUTE_URL_OVERRIDES = {"places.place": lambda place: f"/place/{place.code}/"}
