"""The Bund's evening with its tip on a display in a real browser: it stands there when it is published, and goes when
a person lifts it, without anybody touching the screen."""

import pytest
from tests.browser.product import until
from tests.letter.test_b2_bund_evening import an_evening, live_through


@pytest.mark.django_db(transaction=True)
def test_the_display_shows_the_tip_until_a_person_lifts_it(
    browser, live_server, tmp_path, monkeypatch, settings
):
    monkeypatch.setenv(
        "DJANGO_ALLOW_ASYNC_UNSAFE", "1"
    )  # playwright's loop runs in this thread beside the rows
    page = browser.new_page(viewport={"width": 960, "height": 540})
    texts = []

    def see(path):
        """What stands on the display, which is opened once and from then on looks after itself."""
        if page.url != live_server.url + path:
            page.goto(live_server.url + path)
        elif texts:
            until(
                lambda: page.inner_text("#lines") != texts[-1],
                "the display does not change by itself",
                limit_s=30,
            )
        texts.append(page.inner_text("#lines"))
        return texts[-1].replace("\n", "")

    with an_evening(tmp_path, monkeypatch, settings) as evening:
        live_through(evening, see)
    page.close()
    assert len(texts) == 3
