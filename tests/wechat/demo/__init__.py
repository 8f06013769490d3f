"""A phone in the browser, to use the bot through the real protocol without an account: `make demo-wechat`."""
