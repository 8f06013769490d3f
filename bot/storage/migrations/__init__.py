"""Alembic migrations; `bot.storage.migrate` runs them."""
