from django.apps import AppConfig

from anlan.kit import checks

SYSTEM_CHECKS = checks  # importing the module registers the house's checks with Django


class KitConfig(AppConfig):
    name = "anlan.kit"
    label = "kit"
