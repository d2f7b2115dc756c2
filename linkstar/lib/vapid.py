"""The key by which push services know who sends (VAPID, RFC 8292)."""

import base64
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# The order of P-256: a private key is a number from 1 to one less than this.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@lru_cache(maxsize=4)
def private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """The key of this secret, the same on every machine that knows it; devices subscribe to its public half.

    64 bytes are drawn for a number of 32, so that the remainder favours none.
    """
    drawn = HKDF(algorithm=SHA256(), length=64, salt=None, info=b"linkstar web push").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(drawn) % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key(secret: str) -> str:
    """What a browser takes as `applicationServerKey`: the uncompressed point in URL-safe base64 without padding."""
    point = private_key(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
