"""Settings of every environment, read from the environment; `.env.example` explains each.

Production is the default: without DEBUG the cookies are secure, the addresses https and the secrets required.
"""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from linkstar.logs import structured_logging

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "" if not DEBUG else "only-for-a-machine-of-your-own")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set.")

# Addresses ------------------------------------------------------------------------------------------------------------
BASE_DOMAIN = env.str("BASE_DOMAIN", "localhost")
PORT = env.int("PORT", 8000)
SITE_SCHEME = env.str("SITE_SCHEME", "http" if DEBUG else "https")
# The port that people type; behind a proxy there is none to show.
SITE_PORT = f":{PORT}" if DEBUG else ""
# Where open pages are kept company (linkstar/live/): the port of that process on this machine, or 0 when a proxy brings
# /live/ of each host to it.
LIVE_PORT = int(env.str("LIVE_PORT", "") or 0)
# Any host may knock: the Domain table decides which one is a workspace, and an unknown one gets a plain 404.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Apps -----------------------------------------------------------------------------------------------------------------
SHARED_APPS = [
    "django_tenants",
    "linkstar.workspaces",
    "linkstar.accounts",
    "linkstar.public",
    "linkstar.demo",
    "linkstar.dev",
    "linkstar.operations",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    "csp",
]
TENANT_APPS = [
    "linkstar.members",
    "linkstar.calendars",
    "notifications",
    "projects",
    "templates_sop",
    "linkstar.compliance",
    "integrations",
    "linkstar.pilot",
    "linkstar.retrospectives",
]
INSTALLED_APPS = SHARED_APPS + TENANT_APPS

TENANT_MODEL = "workspaces.Workspace"
TENANT_DOMAIN_MODEL = "workspaces.Domain"
PUBLIC_SCHEMA_URLCONF = "linkstar.urls_public"
ROOT_URLCONF = "linkstar.urls"
TENANT_LIMIT_SET_CALLS = True
SHOW_PUBLIC_IF_NO_TENANT_FOUND = False

MIDDLEWARE = [
    "linkstar.middleware.RequestIdMiddleware",
    "linkstar.health.HealthMiddleware",
    # Before the host is looked up: the pages that say there is no such workspace need their styles and headers too.
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "linkstar.workspaces.middleware.WorkspaceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "linkstar.members.middleware.MemberMiddleware",
    "linkstar.accounts.middleware.ReaderMiddleware",
    "linkstar.workspaces.modules.ModuleMiddleware",
]

_CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.template.context_processors.csrf",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "linkstar.members.context.frame",
]
TEMPLATES = [
    {
        # What is long or asked for often (docs/decisions/0003); it leaves every other name to the engine below.
        "NAME": "jinja",
        "BACKEND": "linkstar.jinja.Parts",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "linkstar.jinja.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": _CONTEXT_PROCESSORS,
            "builtins": ["template_partials.templatetags.partials", "linkstar.templatetags.linkstar"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "linkstar.wsgi.application"

# Data -----------------------------------------------------------------------------------------------------------------
# Threads share a pool; a worker process keeps one connection (tenancy.md, sections 3 and 8).
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "linkstar.database"
# Only of what linkstar/lib/kept.py sends; pgbouncer would need max_prepared_statements for it.
DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 2
if env.bool("DATABASE_POOL", True):
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", 6),
        "timeout": 5,
        "max_lifetime": 900,
        "max_idle": 120,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    # Keys carry the workspace; sign-in rate limits alone are counted across all hosts (linkstar/workspaces/cache.py).
    "default": {
        "BACKEND": "linkstar.workspaces.cache.Cache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "linkstar.workspaces.cache.make_key",
        "TIMEOUT": 300,
    },
    # What belongs to no workspace: hand-over tokens, the version of the host table.
    "global": {
        "BACKEND": "linkstar.workspaces.cache.Cache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "global",
        "TIMEOUT": 300,
    },
}

# People ---------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# The address is unique whatever its case, by a constraint that the check does not look for.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["linkstar.accounts.backends.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "linkstar.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "linkstar.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "linkstar.accounts.forms.SignupFields"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Mail scanners open the links in letters before people do: confirming takes a press of a button.
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "20/5m/ip,6/5m/key"}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# How many proxies in front append to X-Forwarded-For; 0 trusts the connection's own address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
MFA_ADAPTER = "linkstar.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "LinkStar"
# A free-mail address is let in with a hint, unless the operator says otherwise.
SIGNUP_REFUSE_FREE_MAIL = env.bool("SIGNUP_REFUSE_FREE_MAIL", False)
TRIAL_DAYS = 14
# How many workspaces one person may own before they cannot make another.
WORKSPACES_PER_PERSON = env.int("WORKSPACES_PER_PERSON", 10)

SESSION_COOKIE_NAME = "linkstar_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "global"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "linkstar_language"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Language and time ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("简体中文"))]
LOCALE_PATHS = [BASE_DIR / "linkstar" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_WORKSPACE_ZONE = "America/New_York"
# China's holidays, announced each autumn for the next year: JSON for a {year}; empty asks nobody.
HOLIDAYS_URL = env.str("HOLIDAYS_URL", "https://raw.githubusercontent.com/NateScarlet/holiday-cn/master/{year}.json")

# The European Central Bank's reference rates, for amounts shown in another currency; empty asks nobody.
ECB_RATES_URL = env.str("ECB_RATES_URL", "https://www.ecb.europa.eu/stats/eurofxref")

# Files ----------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# What browsers ask for; the sources of the bundles stay out.
STATICFILES_DIRS = [(name, BASE_DIR / "static" / name) for name in ("dist", "brand", "icons")]
WHITENOISE_USE_FINDERS = DEBUG
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))


def _private_storage(url: str) -> dict[str, object]:
    """`file:///path` or `s3://bucket?endpoint=https://…&region=…` → an entry of STORAGES; both are private."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": parts.path, "base_url": None, "file_permissions_mode": 0o640},
        }
    if parts.scheme == "s3":
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        options = {
            "bucket_name": parts.netloc,
            "endpoint_url": query.get("endpoint"),
            "region_name": query.get("region"),
            "default_acl": None,
            "querystring_auth": True,
            "file_overwrite": False,
            "signature_version": "s3v4",
        }
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    raise ImproperlyConfigured("STORAGE_URL starts with file:// or s3://.")


STORAGES = {
    "default": _private_storage(env.str("STORAGE_URL", f"file://{VAR_DIR / 'files'}")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 200 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# More than the forms take at once, so that they say so themselves; the rest never reaches the disk.
DATA_UPLOAD_MAX_NUMBER_FILES = 25
FILE_UPLOAD_HANDLERS = ["linkstar.workspaces.uploads.BoundedUploadHandler"]

# Mail -----------------------------------------------------------------------------------------------------------------
_email_url = env.str("EMAIL_URL", f"filemail://{VAR_DIR / 'mail'}" if DEBUG else "")
if _email_url.startswith("filemail://"):
    EMAIL_BACKEND = "linkstar.mail.FolderBackend"
    EMAIL_FILE_PATH = urlsplit(_email_url).path
elif _email_url:
    vars().update(env.email_url_config(_email_url))
else:
    raise ImproperlyConfigured("EMAIL_URL is not set.")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"LinkStar <no-reply@{BASE_DOMAIN}>")

# Background work ------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than the longest task, so that a running one is not handed out twice (tenancy.md, section 5).
# The rest: a request that wants to nudge a worker learns within milliseconds that there is no broker.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
# A tick that nobody took within a minute is worth nothing: the next ones do its work.
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "linkstar.workspaces.tasks.tick", "schedule": 10.0, "options": {"expires": 60}},
    "rounds": {
        "task": "linkstar.workspaces.tasks.start_rounds",
        "schedule": crontab(hour=1, minute=7),
        "options": {"expires": 3600},
    },
    "refresh-holidays": {
        "task": "linkstar.workspaces.tasks.refresh_holidays",
        # In the evening in Beijing, after the day's announcements.
        "schedule": crontab(hour=11, minute=17),
        "options": {"expires": 3600},
    },
    "refresh-rates": {
        "task": "linkstar.workspaces.tasks.refresh_rates",
        # They are published at about 16:00 in Frankfurt; the later times are for when that one failed.
        "schedule": crontab(hour="15,17,20", minute=23),
        "options": {"expires": 3600},
    },
}
# What is read from shops waits for nobody but itself.
CELERY_TASK_ROUTES = {"integrations.tasks.*": {"queue": "shops"}}
CELERY_TIMEZONE = "UTC"

# Safety ---------------------------------------------------------------------------------------------------------------
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])
if not FIELD_ENCRYPTION_KEYS and not DEBUG:
    raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS is not set.")
# Devices subscribe to a key made of this; with another one they have to subscribe again.
VAPID_SECRET = env.str("VAPID_SECRET", "") or SECRET_KEY
# The channels' addresses are the operator's: nothing that a workspace types is ever called (integrations/addresses.py).
AMAZON_LWA_URL = env.str("AMAZON_LWA_URL", "https://api.amazon.com/auth/o2/token")
AMAZON_SPAPI_URL = env.str("AMAZON_SPAPI_URL", "https://sellingpartnerapi-na.amazon.com")
AMAZON_SELLER_CENTRAL_URL = "https://sellercentral.amazon.com"
AMAZON_LWA_CLIENT_ID = env.str("AMAZON_LWA_CLIENT_ID", "")
AMAZON_LWA_CLIENT_SECRET = env.str("AMAZON_LWA_CLIENT_SECRET", "")
# The day on which that secret was made, as 2026-11-27; it lasts 180 days, and the pages of stores say how long still.
AMAZON_LWA_SECRET_MADE_ON = env.str("AMAZON_LWA_SECRET_MADE_ON", "")
AMAZON_APPLICATION_ID = env.str("AMAZON_APPLICATION_ID", "")
# Until Amazon has published the application, sellers are asked with version=beta.
AMAZON_APPLICATION_IS_DRAFT = env.bool("AMAZON_APPLICATION_IS_DRAFT", False)
SHOPIFY_URL_TEMPLATE = env.str("SHOPIFY_URL_TEMPLATE", "https://{shop}")
SHOPIFY_API_VERSION = "2026-10"
SHOPIFY_CLIENT_ID = env.str("SHOPIFY_CLIENT_ID", "")
SHOPIFY_CLIENT_SECRET = env.str("SHOPIFY_CLIENT_SECRET", "")
# Reading only. Add read_all_orders once Shopify has approved it for the application: without it the orders of 60 days.
SHOPIFY_SCOPES = env.list("SHOPIFY_SCOPES", default=["read_orders", "read_products"])
WALMART_API_URL = env.str("WALMART_API_URL", "https://marketplace.walmartapis.com")
TIKTOK_SHOP_API_URL = env.str("TIKTOK_SHOP_API_URL", "https://open-api.tiktokglobalshop.com")
TIKTOK_SHOP_AUTH_URL = env.str("TIKTOK_SHOP_AUTH_URL", "https://auth.tiktok-shops.com")
TIKTOK_SERVICES_URL = "https://services.us.tiktokshop.com"
TIKTOK_SERVICE_ID = env.str("TIKTOK_SERVICE_ID", "")
TIKTOK_APP_KEY = env.str("TIKTOK_APP_KEY", "")
TIKTOK_APP_SECRET = env.str("TIKTOK_APP_SECRET", "")
# Google Drive's window for choosing files; without all four there is none, and links are pasted.
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", "")
GOOGLE_CLIENT_SECRET = env.str("GOOGLE_CLIENT_SECRET", "")
GOOGLE_API_KEY = env.str("GOOGLE_API_KEY", "")
GOOGLE_PROJECT_NUMBER = env.str("GOOGLE_PROJECT_NUMBER", "")
GOOGLE_API_URL = env.str("GOOGLE_API_URL", "https://www.googleapis.com")
GOOGLE_ACCOUNTS_URL = env.str("GOOGLE_ACCOUNTS_URL", "https://accounts.google.com")
GOOGLE_OAUTH_URL = env.str("GOOGLE_OAUTH_URL", "https://oauth2.googleapis.com")
GOOGLE_PICKER_URL = env.str("GOOGLE_PICKER_URL", "https://apis.google.com/js/api.js")
# Which channels are offered in the browser. Walmart and TikTok Shop wait for a real account to be tried with.
SALES_CHANNELS = env.list("SALES_CHANNELS", default=["amazon", "shopify"])
# Stubs on this machine in the place of other companies' services; never in production.
INTEGRATIONS_ALLOW_LOOPBACK = env.bool("INTEGRATIONS_ALLOW_LOOPBACK", False)
if INTEGRATIONS_ALLOW_LOOPBACK and not DEBUG:
    raise ImproperlyConfigured("INTEGRATIONS_ALLOW_LOOPBACK is for development and tests only.")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *([f"{SITE_SCHEME}://*.{BASE_DOMAIN}:{LIVE_PORT}"] if LIVE_PORT else [])],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # A form may end on another host of ours: making a workspace, switching to one.
        "form-action": [
            SELF,
            f"{SITE_SCHEME}://{BASE_DOMAIN}{SITE_PORT}",
            f"{SITE_SCHEME}://*.{BASE_DOMAIN}{SITE_PORT}",
        ],
    },
}
if not DEBUG:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 60 * 60 * 24 * 365)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "linkstar.errors.csrf_failure"

LOGGING_CONFIG = None
structured_logging(human=DEBUG, level=env.str("LOG_LEVEL", "INFO"))
