"""Rows of the register of enterprises."""

from anlan.domains.enterprises.models.imports import EnterpriseImport, ImportRow
from anlan.domains.enterprises.models.pledges import Pledge, PledgeText, ResponsibilityList
from anlan.domains.enterprises.models.register import Enterprise, Licence, Site, UpdateRequest

__all__ = [
    "Enterprise",
    "EnterpriseImport",
    "ImportRow",
    "Licence",
    "Pledge",
    "PledgeText",
    "ResponsibilityList",
    "Site",
    "UpdateRequest",
]
