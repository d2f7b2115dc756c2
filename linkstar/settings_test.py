"""What the tests change, and nothing else."""

import os

from tests.servers import provide

os.environ.setdefault("SECRET_KEY", "tests")
os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("DATABASE_POOL", "0")
os.environ.setdefault("FIELD_ENCRYPTION_KEYS", "dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMzI=")

provide()

from linkstar.settings import *  # noqa: E402, F403

SITE_SCHEME = "http"
SITE_PORT = ""
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
