"""`anlan serve --tls`: a browser that trusts the authority signs in encrypted; one that does not is led to how."""

import base64
import hashlib
import ssl
import urllib.request

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Error
from tests.browser.product import CHROMIUM_OPTIONS, Product, free_port, sign_in


class Encrypted(Product):
    """A product that is served with its own authority."""

    @property
    def address(self):
        return f"https://localhost:{self.port}"

    @property
    def authority(self):
        return self.folder / "trust" / "ca.crt"

    def answers(self):
        """Whether it answers somebody who trusts the authority and nothing else."""
        try:
            context = ssl.create_default_context(cafile=str(self.authority))
            return urllib.request.urlopen(f"{self.address}/healthz", timeout=2, context=context).status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    plain_port = free_port()
    folder = tmp_path_factory.mktemp("encrypted")
    options = ("--no-demo", "--tls", "--name", "localhost", "--trust-port", str(plain_port))
    product = Encrypted(folder, options).start()
    product.plain = f"http://localhost:{plain_port}"
    yield product
    product.stop()


@pytest.fixture
def trusting(browser, chromium, encrypted, tmp_path):
    """A browser with a profile of its own that accepts what the authority's key vouches for."""
    authority = x509.load_pem_x509_certificate(encrypted.authority.read_bytes())
    key = authority.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pinned = base64.b64encode(hashlib.sha256(key).digest()).decode()
    context = browser.browser_type.launch_persistent_context(
        tmp_path / "profile", executable_path=chromium, locale="zh-CN",
        args=[*CHROMIUM_OPTIONS, f"--ignore-certificate-errors-spki-list={pinned}"],
    )  # fmt: skip
    yield context
    context.close()


def test_who_trusts_the_authority_signs_in_encrypted(trusting, encrypted):
    page = trusting.new_page()
    sign_in(page, encrypted)
    assert page.url == f"{encrypted.address}/"
    assert page.evaluate("window.isSecureContext")
    cookies = {cookie["name"]: cookie for cookie in trusting.cookies()}
    assert cookies["sessionid"]["secure"] and cookies["csrftoken"]["secure"]
    answer = page.goto(f"{encrypted.address}/trust/")
    assert answer.status == 200 and "strict-transport-security" not in answer.headers


def test_who_does_not_is_led_to_how(browser, encrypted):
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    with pytest.raises(Error, match="CERT"):
        page.goto(encrypted.address)
    page.close()  # it still goes to its page of errors
    page = context.new_page()
    page.goto(f"{encrypted.plain}/trust/")
    shown = page.inner_text("code")
    assert shown in "".join(encrypted.said) and len(shown) == 95  # the fingerprint that the terminal shows
    with page.expect_download() as coming:
        page.click("a[href='/trust/anlan.crt']")
    loaded = x509.load_der_x509_certificate(coming.value.path().read_bytes())
    assert loaded == x509.load_pem_x509_certificate(encrypted.authority.read_bytes())
    context.close()


def test_it_stops_both_ports_and_keeps_its_authority(encrypted):
    before = encrypted.authority.read_bytes()
    encrypted.stop()
    assert encrypted.process.returncode == 0
    with pytest.raises(OSError):
        urllib.request.urlopen(f"{encrypted.plain}/trust/", timeout=2)
    encrypted.start()
    assert encrypted.authority.read_bytes() == before
    assert "█" in "".join(encrypted.said)
