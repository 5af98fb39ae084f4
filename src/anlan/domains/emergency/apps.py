from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    name = "anlan.domains.emergency"
    label = "emergency"
