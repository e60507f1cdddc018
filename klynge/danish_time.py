"""Days and times in Denmark. Due dates and closing days are Danish days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Europe/Copenhagen")


def danish_day(time: datetime) -> date:
    """Return the day in Denmark at a time that has a zone."""
    return time.astimezone(TIME_ZONE).date()


def danish_today() -> date:
    """Today's date in Denmark."""
    return datetime.now(TIME_ZONE).date()
