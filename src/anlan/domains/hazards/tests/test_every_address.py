"""Every address of hazards is in one of the matrices `test_permissions*.ADDRESSES`: who may open it, who may change what."""

from importlib import import_module
from pathlib import Path

from anlan.domains.hazards.urls import urlpatterns


def test_every_address_is_in_a_matrix():
    files = Path(__file__).parent.glob("test_permissions*.py")
    tables = [import_module(f"anlan.domains.hazards.tests.{one.stem}").ADDRESSES for one in files]
    judged = {name for table in tables for name in table} | {"step"}
    assert judged == {pattern.name for pattern in urlpatterns}
