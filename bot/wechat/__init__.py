"""The WeChat Official Account channel: protocol, rendering, platform API. No rule of a programme is here."""
