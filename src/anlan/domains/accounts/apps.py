from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "anlan.domains.accounts"
    label = "accounts"
