"""Tables, engine, migrations. No rules."""

from bot.storage import culture, hospital, reference, safety, school, stations, women  # noqa: F401
