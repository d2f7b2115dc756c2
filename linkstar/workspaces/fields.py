"""What must not be readable in the database."""

import json
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import models

from linkstar.lib.encryption import decrypt, encrypt


class SecretUnreadable(ValueError):
    """None of FIELD_ENCRYPTION_KEYS opens it."""


class Secret(dict[str, Any]):
    """Credentials in memory: a dict that no log, traceback or template shows by accident."""

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__


class SecretField(models.Field):
    """A JSON object, encrypted with the first of FIELD_ENCRYPTION_KEYS and readable with any of them; "" when empty."""

    _pyi_private_set_type: dict[str, Any]
    _pyi_private_get_type: Secret

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Secret:
        if not value:
            return Secret()
        try:
            return Secret(json.loads(decrypt(value, settings.FIELD_ENCRYPTION_KEYS)))
        except InvalidToken as error:
            raise SecretUnreadable("FIELD_ENCRYPTION_KEYS do not open these credentials.") from error

    def to_python(self, value: Any) -> Secret:
        return Secret(value or {})

    def get_prep_value(self, value: Any) -> str:
        if not value:
            return ""
        if not isinstance(value, dict):
            raise TypeError("A secret is a dict.")
        return encrypt(json.dumps(dict(value)), settings.FIELD_ENCRYPTION_KEYS)

    def value_to_string(self, obj: models.Model) -> str:
        """Serialised, it stays encrypted."""
        return self.get_prep_value(self.value_from_object(obj))
