"""The sealed envelope: what a phone has recorded can be read by the server's private key and by nothing else.

`ANL1` · key id (8 bytes) · the sender's one-time public key (65 bytes, an uncompressed P-256 point) · iv (12 bytes)
· AES-256-GCM ciphertext and tag. The AES key is HKDF-SHA256 over the ECDH secret, salted with the one-time public key;
the first 77 bytes are authenticated with the text. Why so: docs/decisions/2026-11-24-the-field-envelope.md.
"""

import hashlib
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAGIC, PURPOSE = b"ANL1", b"anlan-field-1"
ALGORITHM = "ECDH-P256+HKDF-SHA256+A256GCM"
KEY_ID_BYTES, POINT_BYTES, IV_BYTES, TAG_BYTES = 8, 65, 12, 16
HEAD_BYTES = len(MAGIC) + KEY_ID_BYTES + POINT_BYTES
OVERHEAD_BYTES = HEAD_BYTES + IV_BYTES + TAG_BYTES


class Unopened(Exception):
    """These bytes cannot be opened; `key_id` names the key that they were sealed to, where they say so."""

    def __init__(self, why, key_id=""):
        super().__init__(why)
        self.key_id = key_id


class Envelope(NamedTuple):
    """The parts of a sealed envelope; `key_id` in hex."""

    key_id: str
    head: bytes
    point: bytes
    iv: bytes
    sealed: bytes


def key_id_of(public_key):
    """The id of a public key: the first 8 bytes of the SHA-256 of its SPKI in DER, in hex."""
    return hashlib.sha256(spki_of(public_key)).digest()[:KEY_ID_BYTES].hex()


def spki_of(public_key):
    """A public key as SubjectPublicKeyInfo in DER."""
    return public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def read_envelope(body):
    """The parts of sealed bytes. Raises Unopened for what is no envelope of this layout."""
    if len(body) < OVERHEAD_BYTES or body[: len(MAGIC)] != MAGIC:
        raise Unopened("not an envelope of the field app")
    start = len(MAGIC) + KEY_ID_BYTES
    return Envelope(
        key_id=body[len(MAGIC) : start].hex(), head=body[:HEAD_BYTES], point=body[start:HEAD_BYTES],
        iv=body[HEAD_BYTES : HEAD_BYTES + IV_BYTES], sealed=body[HEAD_BYTES + IV_BYTES :],
    )  # fmt: skip


def open_envelope(body, private_keys):
    """The plaintext; `private_keys` are {key id: P-256 private key}. Raises Unopened with what is wrong.

    A key id that is not among them is told apart from bytes that were altered: the first needs another server's key.
    """
    found = read_envelope(body)
    private_key = private_keys.get(found.key_id)
    if private_key is None:
        raise Unopened(f"sealed to another server's key {found.key_id}", found.key_id)
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), found.point)
        secret = private_key.exchange(ec.ECDH(), point)
        return AESGCM(derive_key(secret, found.point)).decrypt(found.iv, found.sealed, found.head)
    except (ValueError, InvalidTag) as error:
        raise Unopened("the envelope was damaged or altered", found.key_id) from error


def seal(text, public_key, *, one_time_key, iv):
    """`text` sealed to `public_key`. `one_time_key` (a fresh P-256 private key) and `iv` (12 bytes) serve one envelope only."""
    point = one_time_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    head = MAGIC + bytes.fromhex(key_id_of(public_key)) + point
    key = derive_key(one_time_key.exchange(ec.ECDH(), public_key), point)
    return head + iv + AESGCM(key).encrypt(iv, text, head)


def derive_key(secret, point):
    """The AES key of one envelope: 32 bytes."""
    return HKDF(algorithm=SHA256(), length=32, salt=point, info=PURPOSE).derive(secret)
