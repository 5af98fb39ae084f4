from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "anlan.domains.notices"
    label = "notices"
