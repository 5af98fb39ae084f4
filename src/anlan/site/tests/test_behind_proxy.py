"""Behind a proxy that ends the encryption: ANLAN_ADDRESS alone makes forms, cookies and links right."""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import json, os, django
django.setup()
from django.conf import settings
from django.test import Client
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from anlan.kit.address import absolute, listen_at
listen_at("0.0.0.0", 8000)
client = Client(enforce_csrf_checks=True, headers={"x-forwarded-proto": os.environ["SAID"], "host": "anlan.example"})
page = client.get("/accounts/sign-in/")
token = client.cookies["csrftoken"]
answer = client.post(
    "/accounts/sign-in/", {"username": "x", "password": "y", "csrfmiddlewaretoken": token.value},
    headers={"origin": os.environ["ORIGIN"]},
)
print(json.dumps({
    "status": answer.status_code, "secure": bool(token["secure"]), "link": absolute("/a/"),
    "hsts": "strict-transport-security" in page.headers,
}))
"""


def ask(tmp_path, *, address, said="https", origin="https://anlan.example"):
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ANLAN_ORIGINS"}}
    env |= {
        "ANLAN_DATA": str(tmp_path), "ANLAN_ADDRESS": address, "SAID": said, "ORIGIN": origin,
        "DJANGO_SETTINGS_MODULE": "anlan.site.settings", "ANLAN_LOG": "ERROR",
    }  # fmt: skip
    ran = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "address, origin, status, secure",
    [
        ("https://anlan.example", "https://anlan.example", 200, True),
        ("https://anlan.example", "https://evil.example", 403, True),
        (
            "",
            "https://anlan.example",
            403,
            False,
        ),  # nobody said that a proxy stands there: its word is not taken
    ],
)
def test_forms_cookies_and_links(tmp_path, address, origin, status, secure):
    told = ask(tmp_path, address=address, origin=origin)
    assert (told["status"], told["secure"], told["hsts"]) == (status, secure, False)
    assert told["link"] == f"{address}/a/" if address else told["link"].startswith("http://")
