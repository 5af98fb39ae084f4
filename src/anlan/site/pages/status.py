"""The state of the installation: engine, disk, database, doors, worker loop."""

from django.shortcuts import render

from anlan.site.doctor import examine


def status(request):
    """/status/: what `anlan doctor` says, for people without a terminal."""
    return render(request, "site/status.html", {"findings": examine()})
