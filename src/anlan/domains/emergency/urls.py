"""Addresses of emergency."""

app_name = "emergency"
urlpatterns = []
