"""What the channel counts. No label ever names a person."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter("nuanxin_wechat_messages_total", "Deliveries by kind and how they ended", ["kind", "outcome"])
REFUSED = Counter("nuanxin_wechat_refused_total", "Requests refused before they were read", ["reason"])
REPLY_SECONDS = Histogram(
    "nuanxin_wechat_reply_seconds",
    "From the arrival of a delivery to its answer, seconds",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 4.0, 4.5, 5.0),
)
API_CALLS = Counter("nuanxin_wechat_api_total", "Calls of the platform's API", ["call", "result"])
API_SECONDS = Histogram("nuanxin_wechat_api_seconds", "Time of a call of the platform, seconds", ["call"])
TOKEN_FETCHES = Counter("nuanxin_wechat_token_fetches_total", "Access tokens asked for", ["result"])
PUSHED = Counter("nuanxin_outbox_pushed_total", "Outbox rows by what became of the attempt", ["outcome"])
OUTBOX = Gauge("nuanxin_outbox_rows", "Outbox rows by state, as last counted", ["state"])
