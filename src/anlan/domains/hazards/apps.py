from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "anlan.domains.hazards"
    label = "hazards"
