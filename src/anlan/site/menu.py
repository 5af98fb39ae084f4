"""What every page's shell shows: the menu, the district's name, whether the data are for demonstration."""

from django.conf import settings


def shell(request):
    """Context of kit/base.html."""
    return {"menu": [], "district": settings.DISTRICT}
