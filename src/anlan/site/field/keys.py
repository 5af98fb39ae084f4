"""The server's keys to which phones seal: made on first use, one current, the old ones kept to open old envelopes.

They lie in the data folder (mode 600) and so in every backup: who has a backup can open what phones still hold.
"""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from anlan.kit.store import sync_folder
from anlan.site.field.envelope import ALGORITHM, key_id_of, spki_of

CURRENT = "field-key"  # holds the id of the key that phones seal to
KEY_FILE = "field-key-{}.pem"


def tell_key():
    """The current public key as phones get it."""
    key_id = current_key_id()
    spki = spki_of(read_private_key(key_id).public_key())
    return {"kid": key_id, "alg": ALGORITHM, "spki": base64.b64encode(spki).decode("ascii")}


def current_key_id():
    """The id of the current key; makes the first one where there is none."""
    current = Path(settings.DATA) / CURRENT
    if not current.exists():
        make_key(replaces=False)
    return current.read_text(encoding="ascii").strip()


def make_key(*, replaces):
    """A new key; it becomes the current one if it `replaces` the present or none is there yet. Its id."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    key_id = key_id_of(private_key.public_key())
    body = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder = Path(settings.DATA)
    write_private(folder / KEY_FILE.format(key_id), body)
    pointer = folder / f"{CURRENT}.{key_id}"
    write_private(pointer, key_id.encode("ascii"))
    if replaces:
        pointer.replace(folder / CURRENT)
    else:
        try:
            os.link(pointer, folder / CURRENT)  # fails where another made the first key meanwhile: his stands
        except FileExistsError:
            (folder / KEY_FILE.format(key_id)).unlink()
        pointer.unlink()
    sync_folder(folder)
    return key_id


def write_private(path, body):
    """Write a file that only its owner reads, durably."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(body)
        target.flush()
        os.fsync(target.fileno())


def read_private_key(key_id):
    """The private key of an id. Raises FileNotFoundError."""
    body = (Path(settings.DATA) / KEY_FILE.format(key_id)).read_bytes()
    return load_pem_private_key(body, password=None)


def private_keys():
    """{key id: private key} of every key of this server, old ones too."""
    found = sorted(Path(settings.DATA).glob(KEY_FILE.format("*")))
    keys = [load_pem_private_key(path.read_bytes(), password=None) for path in found]
    return {key_id_of(key.public_key()): key for key in keys}
