"""A personal field is read again under its own key and purpose only."""

import pytest

from anlan.kit import cipher


def test_a_text_comes_back_and_lies_there_unread():
    kept = cipher.encipher("13800000000", purpose="contact")
    assert "138" not in kept and kept != cipher.encipher("13800000000", purpose="contact")
    assert cipher.decipher(kept, purpose="contact") == "13800000000"


@pytest.mark.parametrize("spoil", [lambda kept: kept[:-4] + "AAAA", lambda kept: "", lambda kept: "电话"])
def test_what_was_altered_is_not_read(spoil):
    with pytest.raises(cipher.Undecipherable):
        cipher.decipher(spoil(cipher.encipher("13800000000", purpose="contact")), purpose="contact")


def test_another_purpose_or_installation_reads_nothing(settings):
    kept = cipher.encipher("13800000000", purpose="contact")
    with pytest.raises(cipher.Undecipherable):
        cipher.decipher(kept, purpose="other")
    settings.SECRET_KEY = "another"
    with pytest.raises(cipher.Undecipherable):
        cipher.decipher(kept, purpose="contact")
