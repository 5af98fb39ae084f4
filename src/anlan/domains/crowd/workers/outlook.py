"""Looking ahead once a minute, and asking each night what the day has taught.

Nothing waits for this: a fault here costs the outlook, which ends by itself, and never a hard rule.
"""

from datetime import time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from anlan.domains.crowd.actions.learning import day_kinds, lessons_folder
from anlan.domains.crowd.actions.unusual import follow_unusual
from anlan.domains.crowd.queries.arrivals import arrivals_by_place
from anlan.domains.crowd.queries.forecast import FIRST_ALARMS, Forecaster, series_of
from anlan.domains.crowd.queries.learning import newest_lesson, newest_number
from anlan.domains.crowd.queries.outlooks import Told, keep_outlooks
from anlan.domains.crowd.queries.topology import place_kinds
from anlan.domains.crowd.rules.outlook import find_unusual, judge_outlook
from anlan.kit import jobs
from anlan.kit.models import Job
from anlan.kit.terms import JobState
from anlan.stream.outlook import Outlooks

LEARN = "crowd.learn"
LEARN_AT = time(4, 30)  # after the quiet minute, when the night's baselines are set
TITLE = _("学习往日客流，拟合报警水平")
AHEAD = timedelta(hours=1)


class OutlookWatch:
    """Has the forecaster look at the scene, and hands what it says to the scene, the record and the pages."""

    def __init__(self, scene, place_ids):
        self.scene, self.place_ids = scene, place_ids
        self.forecaster = Forecaster(scene.spaces_minutes, day_kinds, zone=timezone.get_default_timezone())
        self.lesson_number = -1
        self.alarms, self.chances = FIRST_ALARMS, None
        self.topology, self.series = None, []

    def look(self, now):
        """Say what is coming in the next hour."""
        self.follow_lesson()
        self.follow_topology(now)
        view = self.scene.view()
        foreseen = self.forecaster.look(view, self.series, self.planned(now))
        if self.chances is not None:
            foreseen = foreseen._replace(probability=self.chances.apply(foreseen.chance[60]))
        codes = [one.space for one in self.series]
        own = {space.code: space.thresholds for space in self.topology.spaces}
        rows = judge_outlook(codes, foreseen, self.alarms, [own[code] for code in codes], view.now_ms)
        self.scene.look_ahead(Outlooks(view.now_ms, rows))
        keep_outlooks(Told(codes, foreseen, self.forecaster.known_days, view.now_ms))
        names = {space.code: space.name for space in self.topology.spaces}
        unusual = find_unusual(codes, foreseen, view.now_ms)
        follow_unusual(unusual, scene=self.scene.name, names=names, place_ids=self.place_ids, now=now)

    def follow_lesson(self):
        """Use the newest lesson."""
        number = newest_number(lessons_folder())
        if number != self.lesson_number:
            found = newest_lesson(lessons_folder())
            if found:
                _number, lesson, self.chances = found
                self.alarms = lesson.alarms
                self.forecaster.teach(lesson)
            self.lesson_number = number

    def follow_topology(self, now):
        """Forecast what the topology in force declares a capacity of."""
        if self.scene.topology is not self.topology:
            self.topology = self.scene.topology
            self.series = series_of(self.topology.spaces, place_kinds(now))

    def planned(self, now):
        """People per minute of the coming hour that gatherings bring, by the place's code."""
        rates = arrivals_by_place(now, now + AHEAD)
        return {
            code: rates[place] for code, place in self.place_ids.items() if place in rates and "/" not in code
        }

    def ask_learning(self, now):
        """Once a day, after the night: have the job child learn what past days have to tell; one job at a time."""
        local = timezone.localtime(now)
        if local.time() < LEARN_AT or newest_number(lessons_folder()) >= local.date().toordinal():
            return
        if not self.forecaster.known_days.any():
            return  # nothing was counted before today
        since = now - timedelta(hours=6)  # one that failed is tried again later in the day
        waiting = Job.objects.filter(kind=LEARN)
        if waiting.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
            return
        if not waiting.filter(asked_at__gte=since).exists():
            jobs.ask(LEARN, title=TITLE, by=None, now=now, at=now.isoformat())
