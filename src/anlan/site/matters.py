"""What is a person's to do, from whichever room: the contributors of the daily digest and of 我的事项."""

from anlan.kit.followups import my_follow_ups

CONTRIBUTORS = [my_follow_ups]
