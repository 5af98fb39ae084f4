from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "anlan.domains.enterprises"
    label = "enterprises"
