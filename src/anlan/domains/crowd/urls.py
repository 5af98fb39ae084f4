"""Addresses of crowd."""

app_name = "crowd"
urlpatterns = []
