from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "anlan.domains.places"
    label = "places"
