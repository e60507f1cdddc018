"""Days and times of Denmark, in which due dates and closing days are counted."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Europe/Copenhagen")


def danish_day(time: datetime) -> date:
    """The day in Denmark of a time with a zone."""
    return time.astimezone(TIME_ZONE).date()


def danish_today() -> date:
    """The present day in Denmark."""
    return datetime.now(TIME_ZONE).date()
