"""Django's settings, read from the environment and the data folder; nothing secret stands here."""

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from songnuan.kernel import keys as installation

ROOT = Path(__file__).resolve().parents[3]
HOME = installation.home()

try:
    SECRET_KEY = installation.load(HOME).django
except (installation.KeysMissing, installation.KeysBroken, OSError):
    # Commands that make the data folder run before there is a key, and a key file that cannot be read is told
    # of once there is a language to say it in. Nothing is signed by then, and the doors for servers refuse
    # to open; a key of this process alone could not be forged either.
    SECRET_KEY = secrets.token_hex()

DEBUG = os.environ.get("SONGNUAN_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("SONGNUAN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
HTTPS = os.environ.get("SONGNUAN_HTTPS") == "1"

INSTALLED_APPS = [
    "songnuan.web",  # first: its templates go before those of the libraries
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_tasks",
    "songnuan.audit",
    "songnuan.organisation",
    "songnuan.records",
    "songnuan.jobs",
    "songnuan.tasks",
    "songnuan.approvals",
    "songnuan.plans",
    "songnuan.people",
    "songnuan.funds",
    "songnuan.goods",
    "songnuan.benefits",
    "songnuan.casework",
    "songnuan.payments",
    "songnuan.outreach",
    "songnuan.emergency",
    "songnuan.visits",
    "songnuan.reporting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "songnuan.web.middleware.BodyLimitMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "songnuan.web.middleware.PrivateMiddleware",
    "songnuan.web.middleware.RefusalMiddleware",
    "songnuan.web.middleware.OwnPasswordMiddleware",
    "songnuan.web.counting.CountingMiddleware",
]

ROOT_URLCONF = "songnuan.config.urls"
WSGI_APPLICATION = "songnuan.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "songnuan.web.context.site",
            ],
            "builtins": ["songnuan.web.templatetags.songnuan"],
        },
    },
]
FORM_RENDERER = "songnuan.web.forms.Renderer"

DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'songnuan.sqlite3'}"
_NEITHER = "DATABASE_URL must be sqlite:///… or postgresql://…"
try:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
except ValueError:
    # Not the library's words: they would show the password in the address.
    raise ImproperlyConfigured(_NEITHER) from None
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            # Of a new file; a quarter of the reads and writes when many rows come in, and no slower for few.
            "PRAGMA page_size=16384;"
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=0; PRAGMA foreign_keys=ON;"
            # Without this an INSERT OR REPLACE passes the triggers of append-only tables.
            "PRAGMA recursive_triggers=ON;"
            # What is erased is overwritten in the file, too.
            "PRAGMA secure_delete=ON;"
        ),
    }
elif DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured(_NEITHER)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "songnuan_cache",
        # Counts of failed sign-ins live here: many guesses at many names must not push one out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

AUTH_USER_MODEL = "organisation.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_FORMS = {
    "change_password": "songnuan.web.accounts.ChangePasswordForm",
    "login": "songnuan.web.accounts.SignInForm",
    "reauthenticate": "songnuan.web.accounts.PasswordAgainForm",
}
ACCOUNT_ADAPTER = "songnuan.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "30/10m/ip,5/10m/key"}
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "送暖 Songnuan"
MFA_ADAPTER = "songnuan.web.accounts.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "songnuan.web.accounts.SetUpForm",
    "authenticate": "songnuan.web.accounts.SecondStepForm",
    "reauthenticate": "songnuan.web.accounts.CodeAgainForm",
}
MFA_TOTP_TOLERANCE = 1

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "songnuan.web.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("SONGNUAN_ORIGINS", "").split(",") if origin]
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("SONGNUAN_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # or everybody would share one count of failed sign-ins

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF],
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
LANGUAGE_COOKIE_NAME = "songnuan_language"
LANGUAGE_COOKIE_AGE = 31_536_000
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
WHITENOISE_USE_FINDERS = DEBUG
FILES_ROOT = HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_PERMISSIONS = 0o600

TASKS = {"default": {"BACKEND": "songnuan.jobs.backend.Backend", "QUEUES": ["default"]}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_secrets": {"()": "songnuan.web.logs.WithoutSecrets"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

# The address put before links in e-mail; without it a message has no link.
SITE_URL = os.environ.get("SONGNUAN_URL", "").rstrip("/")
DEFAULT_FROM_EMAIL = os.environ.get("SONGNUAN_EMAIL_FROM", "songnuan@localhost")
# Without a server no mail leaves the house, and its pages say so.
EMAIL_HOST = os.environ.get("SONGNUAN_EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("SONGNUAN_EMAIL_PORT") or "25")
EMAIL_HOST_USER = os.environ.get("SONGNUAN_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SONGNUAN_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("SONGNUAN_EMAIL_TLS") == "1"
EMAIL_USE_SSL = os.environ.get("SONGNUAN_EMAIL_SSL") == "1"
EMAIL_TIMEOUT = 20

# What a digest asks for what is due from a user; journeys stand below the pages that know it.
DUE_FACTS = "songnuan.web.due.facts.facts_of"

# For how many whole years after that of a payment its papers are kept: 会计档案管理办法 (2015, order 79),
# annexes 1 and 2: vouchers 30 years. Fewer only where these lie in an archive of their own with all of it.
PAYMENT_RECORDS_YEARS = int(os.environ.get("SONGNUAN_PAYMENT_YEARS") or "30")
if not 0 <= PAYMENT_RECORDS_YEARS <= 100:
    raise ImproperlyConfigured("SONGNUAN_PAYMENT_YEARS is a number of years from 0 to 100")

SITE_NAME = _("Songnuan")
