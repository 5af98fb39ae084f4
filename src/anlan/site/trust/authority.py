"""A certificate authority in the data folder, and the server's certificate by it.

    own = Authority(settings.DATA / "trust")
    own.prepare(names=["anlan.local", "192.168.1.20"], now=now)      # makes, or renews, what is missing or nearly over
    uvicorn.Config(…, ssl_certfile=own.server_chain, ssl_keyfile=own.server_key)

ECDSA on P-256. The authority is valid for ten years and constrained to the names that it was made for and to private
addresses: whoever gets hold of its key can pretend to be nobody else on a phone that trusts it (RFC 5280, 4.2.1.10). The
server's certificate is valid for 397 days, within what phones accept, and renewed at a start in its last 30.
"""

import os
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_VALID = timedelta(days=3652)
SERVER_VALID = timedelta(days=397)
RENEW_WITHIN = timedelta(days=30)
BACKDATED = timedelta(hours=1)  # a phone's clock may be slow
PRIVATE_NETWORKS = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7",
    "fe80::/10", "::1/128",
)  # fmt: skip
PRIVATE_DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa")
KEY_MODE = 0o600


class NotPermitted(Exception):
    """A name that the authority was not made for; its text names it."""


class Authority:
    """The authority in a folder: `ca.key`, `ca.crt`, and by it `server.key`, `server.crt` (with the authority's below)."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.key, self.certificate = self.folder / "ca.key", self.folder / "ca.crt"
        self.server_key, self.server_chain = self.folder / "server.key", self.folder / "server.crt"

    @property
    def is_made(self):
        return self.certificate.exists() and self.key.exists()

    def prepare(self, *, names, now):
        """Make the authority and the server's certificate for `names` (host names and addresses) where needed.

        Returns whether a certificate was made. Raises NotPermitted for a name that the authority is not made for.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.is_made or self.read().not_valid_after_utc - now < SERVER_VALID:
            self.make(names, now)
        for name in names:
            if not is_permitted(name, self.read()):
                raise NotPermitted(name)
        if self.is_fresh(names, now):
            return False
        self.make_server(names, now)
        return True

    def read(self):
        """The authority's certificate."""
        return x509.load_pem_x509_certificate(self.certificate.read_bytes())

    def read_server(self):
        """The server's certificate, or None."""
        if not self.server_chain.exists():
            return None
        return x509.load_pem_x509_certificates(self.server_chain.read_bytes())[0]

    def is_fresh(self, names, now):
        """Whether the server's certificate is for these names, by this authority and not nearly over."""
        found = self.read_server()
        if found is None or not self.server_key.exists() or found.not_valid_after_utc - now < RENEW_WITHIN:
            return False
        try:
            found.verify_directly_issued_by(self.read())
        except Exception:  # of another authority, or damaged: anything but this authority's
            return False
        return names_of(found) == sorted(set(names))

    def make(self, names, now):
        """Make the authority anew."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Anlan"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Anlan {names[0]} {now:%Y-%m-%d}"[:64]),
        ])  # fmt: skip
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        built = (
            begin(subject, subject, key.public_key(), now, AUTHORITY_VALID)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.NameConstraints(permitted_for(names), None), critical=True)
            .sign(key, hashes.SHA256())
        )
        write_private(self.key, pem_of(key))
        self.certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))

    def make_server(self, names, now):
        """Make the server's key and certificate by the authority."""
        above = serialization.load_pem_private_key(self.key.read_bytes(), password=None)
        by, key = self.read(), ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        ends = min(now + SERVER_VALID, by.not_valid_after_utc) - now
        built = (
            begin(subject, by.subject, key.public_key(), now, ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([general(name) for name in sorted(set(names))]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
            )
            .sign(above, hashes.SHA256())
        )  # fmt: skip
        write_private(self.server_key, pem_of(key))
        chain = (built, by)
        self.server_chain.write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain))

    def der(self):
        """The authority's certificate as phones load it."""
        return self.read().public_bytes(serialization.Encoding.DER)

    def fingerprint(self):
        """SHA-256 of the authority's certificate as people compare it: pairs of hexadecimal digits."""
        digest = self.read().fingerprint(hashes.SHA256()).hex().upper()
        return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def begin(subject, issuer, public_key, now, valid):
    """A certificate's start: who, by whom, from when until when, the key and its identifier."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def as_address(name):
    """A name as an IP address, or None."""
    try:
        return ip_address(name)
    except ValueError:
        return None


def general(name):
    """A host name or an address as a certificate has it."""
    address = as_address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def permitted_for(names):
    """What the authority may speak for: these names and what lies below them, private addresses and domains."""
    networks = [ip_network(one) for one in PRIVATE_NETWORKS]
    domains = list(PRIVATE_DOMAINS)
    for name in names:
        address = as_address(name)
        if address is None and not is_below(name, domains):
            domains.append(name)
        if address is not None and not is_within(address, networks):
            networks.append(ip_network(address))
    return [x509.DNSName(one) for one in domains] + [x509.IPAddress(one) for one in networks]


def is_below(name, domains):
    """Whether a host name is one of these domains or lies below one."""
    return any(name == one or name.endswith(f".{one}") for one in domains)


def is_within(address, networks):
    """Whether an address lies in one of these networks."""
    return any(address.version == one.version and address in one for one in networks)


def is_permitted(name, authority):
    """Whether the authority's certificate may speak for a name."""
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
    address = as_address(name)
    if address is None:
        return is_below(name, [one.value for one in permitted if isinstance(one, x509.DNSName)])
    return is_within(address, [one.value for one in permitted if isinstance(one, x509.IPAddress)])


def names_of(certificate):
    """The names and addresses of a server's certificate, sorted."""
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return sorted(str(one.value) for one in held)


def pem_of(key):
    """A private key as PEM, not encrypted: the folder is the server's own."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_private(path, body):
    """Write a file that nobody else may read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_MODE), "wb") as file:
        file.write(body)
