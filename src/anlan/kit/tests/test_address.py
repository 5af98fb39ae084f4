"""Links in messages carry an address that is set, else the one the server listens at."""

import pytest

from anlan.kit import address


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    monkeypatch.setattr(address, "_listening", {"address": ""})


def test_the_set_address_leads(settings):
    settings.ADDRESS = "https://anlan.example"
    address.listen_at("127.0.0.1", 8000)
    assert address.absolute("/a/x/") == "https://anlan.example/a/x/"


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("10.0.0.5", "http://10.0.0.5:8000/x"),
        ("::1", "http://[::1]:8000/x"),
        ("0.0.0.0", "http://duty-box:8000/x"),
    ],
)
def test_else_where_the_server_listens(settings, monkeypatch, host, said):
    settings.ADDRESS = ""
    monkeypatch.setattr("socket.gethostname", lambda: "duty-box")
    address.listen_at(host, 8000)
    assert address.absolute("/x") == said


def test_before_a_server_there_is_the_bare_path(settings):
    settings.ADDRESS = ""
    assert address.absolute("/x") == "/x"
