"""The sealed envelope: both ways against a second writing of the contract, any flipped bit, other keys, old keys."""

import random
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from anlan.site.field import envelope, keys
from anlan.site.tests import field_phone

# Made once with the keys below, so that neither side can change the layout unnoticed.
SERVER_D, SENDER_D, IV = (
    0x1B2A_3C4D_5E6F_7081_92A3_B4C5_D6E7_F809,
    0x0F1E_2D3C_4B5A_6978_8796_A5B4_C3D2_E1F0,
    bytes(range(12)),
)
TEXT = "隐患：通道堆物".encode()
VECTOR = (
    "414e4c312369f921e3dc38150419cc268756981b9cbd232539256f2a18d0209274b3e4a1389dca64e5854c8e4214ea96"
    "dcc4af7caebe13a8bca0076ba1b610f4444a4e13e3fac0935ce125c3aa000102030405060708090a0b0d9b324e38e86d"
    "0831fba0c6494d796f6f2493b2ede4ea93d108fc1864d821aeb16ab4c7c9"
)


def private(number):
    return ec.derive_private_key(number, ec.SECP256R1())


def sealed_by_us(text=TEXT):
    server, sender = private(SERVER_D), private(SENDER_D)
    return envelope.seal(text, server.public_key(), one_time_key=sender, iv=IV)


def ours():
    server = private(SERVER_D)
    return {envelope.key_id_of(server.public_key()): server}


def test_the_layout_is_that_of_the_vector():
    assert sealed_by_us().hex() == VECTOR
    assert envelope.open_envelope(bytes.fromhex(VECTOR), ours()) == TEXT


@pytest.fixture
def folder(tmp_path, settings):
    settings.DATA = tmp_path
    return tmp_path


def test_what_a_phone_seals_by_the_contract_is_opened(folder):
    rng = random.Random(7)
    key = keys.tell_key()
    for size in (0, 1, 15, 16, 17, 1000, 70_000):
        text = rng.randbytes(size)
        body = field_phone.seal(text, key)
        assert len(body) == size + envelope.OVERHEAD_BYTES
        assert envelope.open_envelope(body, keys.private_keys()) == text


def test_any_flipped_bit_and_any_cut_is_refused():
    body, known = sealed_by_us(), ours()
    for at in range(len(body) * 8):
        flipped = bytearray(body)
        flipped[at // 8] ^= 1 << at % 8
        with pytest.raises(envelope.Unopened):
            envelope.open_envelope(bytes(flipped), known)
    for length in range(len(body)):
        with pytest.raises(envelope.Unopened):
            envelope.open_envelope(body[:length], known)
    with pytest.raises(envelope.Unopened):
        envelope.open_envelope(body + b"\0", known)


def test_another_servers_key_is_named():
    with pytest.raises(envelope.Unopened) as told:
        envelope.open_envelope(sealed_by_us(), {})
    assert told.value.key_id == envelope.key_id_of(private(SERVER_D).public_key())
    assert "another server" in str(told.value)


def test_the_key_is_made_once_and_only_its_owner_reads_it(folder):
    first = keys.tell_key()
    assert keys.tell_key() == first and len(first["kid"]) == 16
    files = [path for path in folder.iterdir() if path.name.startswith("field-key")]
    assert len(files) == 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    assert isinstance(
        load_pem_private_key((folder / f"field-key-{first['kid']}.pem").read_bytes(), None),
        ec.EllipticCurvePrivateKey,
    )


def test_whoever_makes_the_first_key_at_the_same_moment_gives_way(folder):
    first = keys.tell_key()["kid"]
    other = keys.make_key(replaces=False)
    assert keys.current_key_id() == first != other
    assert not (folder / f"field-key-{other}.pem").exists() and not (folder / f"field-key.{other}").exists()


def test_a_new_key_replaces_the_old_one_which_still_opens(folder):
    old = keys.tell_key()
    waiting = field_phone.seal(TEXT, old)
    new = keys.make_key(replaces=True)
    assert keys.tell_key()["kid"] == new != old["kid"]
    assert envelope.open_envelope(waiting, keys.private_keys()) == TEXT
    assert envelope.open_envelope(field_phone.seal(TEXT, keys.tell_key()), keys.private_keys()) == TEXT
    assert not [path for path in folder.iterdir() if path.name == f"field-key.{new}"]
