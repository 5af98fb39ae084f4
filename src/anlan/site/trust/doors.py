"""How a phone comes to trust: one page with the authority's certificate, over http too; all else leads to https."""

import plistlib
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from anlan.site.offloop import run_beside
from anlan.site.trust.authority import names_of

PAGE = "/trust/"
CERTIFICATE = "application/x-x509-ca-cert"
PROFILE = "application/x-apple-aspen-config"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
STYLES = Path(__file__).with_name("trust.css")
STRICT = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache",
}  # fmt: skip


class TrustDoors:
    """The page and its files over an Authority; `port` is where https is served, `name` what people are told."""

    def __init__(self, own, *, name, port):
        self.own, self.name, self.port = own, name, port

    def routes(self):
        """The page, the certificate, the profile: what may be had without a certificate."""
        return [
            Route(PAGE, self.page, methods=["GET"]),
            Route("/trust/anlan.crt", self.certificate, methods=["GET"]),
            Route("/trust/anlan.mobileconfig", self.profile, methods=["GET"]),
            Route("/trust/trust.css", self.styles, methods=["GET"]),
        ]

    def plain_app(self):
        """The application on the plain port."""
        return Starlette(routes=[*self.routes(), Route("/{rest:path}", self.lead_on, methods=METHODS)])

    async def page(self, request):
        """How to trust, in the reader's language."""
        language = (
            "en" if request.headers.get("accept-language", "zh").lower().startswith("en") else "zh-hans"
        )
        body = await run_beside(self.draw, language)
        return Response(body, media_type="text/html", headers=STRICT)

    def draw(self, language):
        """The page as text."""
        with override(language):
            return render_to_string("site/trust.html", {
                "title": _("信任本系统的证书"), "language": language, "address": self.address(self.name),
                "fingerprint": self.own.fingerprint(), "until": self.own.read().not_valid_after_utc,
            })  # fmt: skip

    def address(self, name):
        """Where https is served under a name."""
        shown = f"[{name}]" if ":" in name else name
        return f"https://{shown}" if self.port == 443 else f"https://{shown}:{self.port}"

    async def certificate(self, request):
        """The authority's certificate."""
        named = {"Content-Disposition": 'attachment; filename="anlan.crt"'}
        return Response(self.own.der(), media_type=CERTIFICATE, headers=STRICT | named)

    async def profile(self, request):
        """The same as a profile that iOS installs."""
        named = {"Content-Disposition": 'attachment; filename="anlan.mobileconfig"'}
        return Response(make_profile(self.own), media_type=PROFILE, headers=STRICT | named)

    async def styles(self, request):
        return Response(STYLES.read_bytes(), media_type="text/css", headers=STRICT)

    async def lead_on(self, request):
        """Pages lead to https; what devices send is refused, so that no credential goes in the clear twice."""
        if request.method not in ("GET", "HEAD"):
            return JSONResponse({"error": f"not encrypted: send to {self.address(self.name)}"}, 403)
        asked = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        name = asked if asked in names_of(self.own.read_server()) else self.name
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{self.address(name)}{request.url.path}{query}", 307)


def make_profile(own):
    """An iOS configuration profile that holds the authority's certificate; the same for the same certificate."""
    print_ = own.fingerprint()
    name = own.read().subject.rfc4514_string()
    inner = {
        "PayloadType": "com.apple.security.root", "PayloadVersion": 1, "PayloadIdentifier": "anlan.trust.root",
        "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{print_}/root")).upper(), "PayloadDisplayName": name,
        "PayloadCertificateFileName": "anlan.crt", "PayloadContent": own.der(),
    }  # fmt: skip
    return plistlib.dumps({
        "PayloadType": "Configuration", "PayloadVersion": 1, "PayloadIdentifier": "anlan.trust",
        "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_OID, print_)).upper(), "PayloadDisplayName": "Anlan 安澜",
        "PayloadContent": [inner],
    })  # fmt: skip
