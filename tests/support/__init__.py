"""Real parts for tests: PostgreSQL, Redis, a browser, the bot as its own process."""
