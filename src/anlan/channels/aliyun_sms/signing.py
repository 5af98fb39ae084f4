"""Aliyun's request signature, version 3 (ACS3-HMAC-SHA256), as its OpenAPI pages describe it."""

import hashlib
import hmac
from urllib.parse import quote

EMPTY = hashlib.sha256(b"").hexdigest()


def sign(method: str, params: dict, headers: dict, *, key_id: str, key_secret: str) -> str:
    """The Authorization header of a request without a body; every header given is signed."""
    names = ";".join(sorted(headers))
    request = "\n".join(
        (
            method,
            "/",
            query(params),
            "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers)),
            names,
            headers["x-acs-content-sha256"],
        )
    )
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"


def query(params: dict) -> str:
    """Parameters in their order, escaped as RFC 3986 has it: the very text that is signed goes into the address."""
    return "&".join(
        f"{quote(name, safe='~')}={quote(str(params[name]), safe='~')}" for name in sorted(params)
    )
