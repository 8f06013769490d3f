"""The pages, one module a part; `bot.console.app` finds them all."""
