"""Short secrets as they lie in the database: encrypted with the first key, readable with any of them."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet


def encrypt(text: str, keys: Sequence[str]) -> str:
    """Fernet, with the first of `keys` (each 32 bytes in URL-safe base64). Raises ValueError without any key."""
    return _box(keys).encrypt(text.encode()).decode()


def decrypt(token: str, keys: Sequence[str]) -> str:
    """What `encrypt` was given. Raises cryptography's InvalidToken when none of `keys` fits."""
    return _box(keys).decrypt(token.encode()).decode()


def _box(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
