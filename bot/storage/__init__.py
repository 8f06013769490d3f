"""Tables, engine, migrations. No rules."""

from bot.storage import culture, hospital, reference, safety, school, stations, women  # noqa: F401
from bot.storage import handoff, inbox, requests  # noqa: F401
from bot.storage import bank, drinks, freight, suggestions  # noqa: F401
from bot.storage import disputes, mediation  # noqa: F401
