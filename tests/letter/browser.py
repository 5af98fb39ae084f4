"""A person at a browser, without the browser: reads pages, fills in their forms as they stand, presses buttons."""

from urllib.parse import urljoin

import lxml.html
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

SIGN_IN = "/accounts/sign-in/"


def even(element):
    """What is written in an element, spaces evened out."""
    return " ".join(element.text_content().split())


class Page:
    """One answer as a person reads it."""

    def __init__(self, answer, address):
        self.answer, self.address, self.status = answer, address, answer.status_code
        self.body = (
            b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
        )
        self.html = lxml.html.fromstring(self.body.decode()) if self.is_html else None

    @property
    def is_html(self):
        return "html" in self.answer.headers.get("content-type", "") and bool(self.body.strip())

    @property
    def text(self):
        """All that is written on the page, spaces evened out."""
        return even(self.html)

    @property
    def wrong(self):
        """What the page says is wrong with what was sent."""
        marked = self.html.xpath(
            "//*[contains(concat(' ', @class, ' '), ' wrong ')] | //*[contains(@class, 'alert-danger')]"
        )
        return " ".join(even(one) for one in marked)

    def row(self, name):
        """The table row in which `name` stands, as {heading: text}."""
        for table in self.html.xpath("//table"):
            headings = [even(cell) for cell in table.xpath("./thead//th")]
            for row in table.xpath("./tbody/tr"):
                cells = [even(cell) for cell in row.xpath("./td")]
                if any(name in cell for cell in cells):
                    return dict(zip(headings, cells, strict=False))
        raise AssertionError(f"no row with {name!r} on {self.address}: {self.text[:2000]}")

    def line(self, name):
        """All that is written in the table row in which `name` stands."""
        return " ".join(self.row(name).values())

    def link(self, part, *, near=""):
        """The first address that holds `part` and goes on, in the table row in which `near` stands if given."""
        found = self.html.xpath(f"//tr[contains(., '{near}')]//a/@href" if near else "//a/@href")
        return next(one for one in found if part in one and one != part)

    def fact(self, label):
        """What stands beside `label` in a list of facts."""
        for term in self.html.xpath("//dt"):
            if even(term) == label:
                return even(term.getnext())
        raise AssertionError(f"no fact {label!r} on {self.address}")

    def form(self, *names):
        """The form that is posted and has all these fields."""
        for form in self.html.forms:
            if form.method.upper() == "POST" and set(names) <= set(form.fields.keys()):
                return form
        raise AssertionError(f"no form with {names} on {self.address}: {self.text[:2000]}")

    def button(self, label):
        """The form that is sent by the button of this label, to the button's own address and with its value."""
        for button in self.html.xpath("//form[@method='post']//button"):
            if label in button.text_content():
                form = button.xpath("ancestor::form")[0]
                form.set("action", button.get("formaction") or form.get("action") or "")
                if button.get("name"):
                    pressed = {
                        "type": "hidden",
                        "name": button.get("name"),
                        "value": button.get("value") or "",
                    }
                    form.append(form.makeelement("input", pressed))
                return form
        raise AssertionError(f"no button {label!r} on {self.address}: {self.text[:2000]}")


class Browser:
    """One person's browser, with cookies and without tricks: forgery protection is on."""

    def __init__(self, username="", password=""):
        self.client = Client(enforce_csrf_checks=True, headers={"accept-language": "zh-CN"})
        if username:
            self.fill_in(SIGN_IN, username=username, password=password)

    def ask(self, address, /, **query):
        """Whatever the server answers."""
        return Page(self.client.get(address, query), address)

    def read(self, address, /, **query):
        """A page that is there."""
        page = self.ask(address, **query)
        assert page.status == 200, f"{address}: {page.status}"
        return page

    def fill_in(self, address, /, **typed):
        """Open a page, fill in its form and send it; the page that follows."""
        page = self.read(address)
        return self.send(page, page.form(*typed), **typed)

    def press(self, address, label, /, **typed):
        """Open a page and press a button; the page that follows."""
        page = self.read(address)
        return self.send(page, page.button(label), **typed)

    def forge(self, address, **posted):
        """POST what no page offered, with a valid token all the same; whatever the server answers."""
        token = self.client.cookies["csrftoken"].value
        return Page(self.client.post(address, posted | {"csrfmiddlewaretoken": token}), address)

    def send(self, page, form, /, **typed):
        files = {name: value for name, value in typed.items() if isinstance(value, SimpleUploadedFile)}
        for name, value in typed.items():
            if name not in files:
                write(form, name, value)
        posted = {}
        for name, value in form.form_values():
            posted.setdefault(name, []).append(value)
        address = urljoin(page.address, form.get("action") or "").partition("#")[0]
        answer = self.client.post(address, posted | files, follow=True)
        return Page(answer, answer.redirect_chain[-1][0] if answer.redirect_chain else address)


def write(form, name, value):
    """Type into a field, or choose: an option by its value or by what it says."""
    field = form.inputs[name]
    if isinstance(field, lxml.html.SelectElement) and value not in field.value_options:
        said = {(option.text or "").strip(): option.get("value") for option in field.iter("option")}
        assert value in said, f"{name}: no choice {value!r} among {sorted(said)}"
        value = said[value]
    if isinstance(value, bool):
        field.checked = value
    else:
        form.fields[name] = value if isinstance(value, set) else str(value)
