from django.apps import AppConfig


class CrowdConfig(AppConfig):
    name = "anlan.domains.crowd"
    label = "crowd"
