from django.apps import AppConfig


class RiskmapConfig(AppConfig):
    name = "anlan.domains.riskmap"
    label = "riskmap"
