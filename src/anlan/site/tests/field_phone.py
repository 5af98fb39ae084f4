"""A phone for the tests of the field app: seals as the contract says, by a way of its own, and sends in two phases."""

import hashlib
import io
import json
import os
import uuid
import zipfile
from base64 import b64decode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

MADE_AT = "2026-11-24T01:30:00.000Z"


def seal(text, key):
    """The envelope of `text` to a key as /field/key.json tells it, written from the contract alone."""
    server, own = load_der_public_key(b64decode(key["spki"])), ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = own.exchange(ec.ECDH(), server)
    aes = HKDF(algorithm=hashes.SHA256(), length=32, salt=point, info=b"anlan-field-1").derive(secret)
    head, iv = b"ANL1" + bytes.fromhex(key["kid"]) + point, os.urandom(12)
    return head + iv + AESGCM(aes).encrypt(iv, text, head)


def sha(body):
    return hashlib.sha256(body).hexdigest()


class Phone:
    """One phone: what it has written waits sealed until it is sent or exported.

    `ask(method, address, body, media_type)` carries a request: (status, answer as JSON or None).
    """

    def __init__(self, ask, *, uid=None, name="一号终端"):
        self.ask, self.uid, self.name = ask, uid or str(uuid.uuid4()), name
        self.key, self.parts, self.records = None, {}, []

    def prepare(self):
        """Register, and learn the server's key."""
        status, self.key = self.ask("GET", "/field/key.json", None, None)
        assert status == 200, self.key
        status, said = self.post("/field/devices/", {"uid": self.uid, "name": self.name})
        assert status in (200, 201), said
        return self

    def post(self, address, body):
        return self.ask("POST", address, json.dumps(body).encode(), "application/json")

    def write(self, kind, body, *, files=(), round=None, base=None, uid=None, made_at=MADE_AT):
        """Write a record with files (name, bytes, stage, and a uid where the body names it); its uid."""
        uid, lines, named = uid or str(uuid.uuid4()), [], []
        for name, content, stage, *given in files:
            line = {
                "uid": given[0] if given else str(uuid.uuid4()),
                "name": name,
                "media_type": "image/jpeg",
                "size": len(content),
            }
            lines.append(line | {"sha256": sha(content), "stage": stage})
            named.append({"uid": line["uid"], "part": self.keep(content)})
        text = {
            "uid": uid,
            "kind": kind,
            "made_at": made_at,
            "round": round,
            "base": base,
            "body": body,
            "files": lines,
        }
        self.records.append({"uid": uid, "part": self.keep(json.dumps(text).encode()), "files": named})
        return uid

    def keep(self, content):
        sealed = seal(content, self.key)
        self.parts[sha(sealed)] = sealed
        return sha(sealed)

    def manifest(self, uid=None):
        parts = [{"sha256": one, "size": len(body)} for one, body in self.parts.items()]
        return {"uid": uid or str(uuid.uuid4()), "device": self.uid, "parts": parts, "records": self.records}

    def put(self, uid, sha256):
        address = f"/field/uploads/{uid}/parts/{sha256}"
        return self.ask("PUT", address, self.parts[sha256], "application/octet-stream")

    def send(self, uid=None):
        """All it holds in one upload; the commit's (status, answer). What it holds is kept until `forget`."""
        manifest = self.manifest(uid)
        status, said = self.post("/field/uploads/", manifest)
        assert status in (200, 201), said
        for one in said["wanted"]:
            status, answer = self.put(manifest["uid"], one)
            assert status in (200, 201), answer
        return self.commit(manifest["uid"])

    def commit(self, uid):
        """Ask until all is dealt with."""
        status, said = self.post(f"/field/uploads/{uid}/commit", {})
        while status == 202:
            status, said = self.post(f"/field/uploads/{uid}/commit", {})
        return status, said

    def forget(self):
        self.parts, self.records = {}, []

    def export(self, uid=None):
        """All it holds as the bytes of an .anlanbox."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as box:
            box.writestr("manifest.json", json.dumps(self.manifest(uid)))
            for one, body in self.parts.items():
                box.writestr(f"parts/{one}", body)
        return target.getvalue()


def by_client(client):
    """How a phone asks through Django's test client."""

    def ask(method, address, body, media_type):
        answer = client.generic(method, address, body or b"", content_type=media_type or "")
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, None

    return ask
