"""Addresses of the register of enterprises."""

app_name = "enterprises"
urlpatterns = []
