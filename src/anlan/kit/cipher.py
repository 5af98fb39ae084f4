"""Personal fields enciphered where they lie: Fernet (AES-128-CBC, HMAC-SHA-256) under a key of this installation.

The key is derived by HKDF from the installation's signing key; a backup without `secret.key` reads nothing.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Undecipherable(ValueError):
    """The text was not enciphered here, or was altered."""


def cipher_for(purpose):
    """The cipher of one purpose: texts of one cannot be read as another's."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"anlan/" + purpose.encode()).derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))


def encipher(text, *, purpose):
    """A text as it is kept."""
    return cipher_for(purpose).encrypt(text.encode()).decode("ascii")


def decipher(kept, *, purpose):
    """The text again. Raises Undecipherable."""
    try:
        return cipher_for(purpose).decrypt(kept.encode("ascii")).decode()
    except (InvalidToken, UnicodeError) as error:
        raise Undecipherable(
            "not enciphered by this installation: restore its secret.key with its data"
        ) from error
