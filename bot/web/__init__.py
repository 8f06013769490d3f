"""The REST channel, the map page, health and metrics, and the pages opened from WeChat cards."""
