"""Tables, engine, migrations. No rules."""

from bot.storage import culture, hospital, safety, school, women  # noqa: F401
