"""What the channel is told at start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.settings import Settings
from bot.wechat.notices import NoticeTemplate

Handover = Literal["console", "wechat"]


@dataclass(frozen=True)
class WechatConfig:
    """token: of the server interface. aes_key set: safe mode, plain bodies are refused.

    handover: where a conversation goes that a human takes: our console, or the platform's own seats.
    notice: template message or subscription notice for pushes that the chat itself may not carry.
    """

    token: str
    secret_key: str = field(repr=False)
    app_id: str | None = None
    app_secret: str | None = field(default=None, repr=False)
    aes_key: str | None = field(default=None, repr=False)
    aes_key_previous: str | None = field(default=None, repr=False)
    api_base: str = "https://api.weixin.qq.com"
    public_base_url: str | None = None
    handover: Handover = "console"
    notice: NoticeTemplate | None = None

    @classmethod
    def of(cls, settings: Settings) -> WechatConfig:
        """The channel's part of the settings. ValueError when the token is missing."""
        if settings.wechat_token is None:
            raise ValueError("WECHAT_TOKEN is not set")
        return cls(
            token=settings.wechat_token,
            secret_key=settings.secret_key,
            app_id=settings.wechat_app_id,
            app_secret=settings.wechat_app_secret,
            aes_key=settings.wechat_aes_key,
            aes_key_previous=settings.wechat_aes_key_previous,
            api_base=settings.wechat_api_base,
            public_base_url=settings.public_base_url,
            handover="wechat" if settings.wechat_handover == "wechat" else "console",
            notice=NoticeTemplate.read(settings.wechat_notice) if settings.wechat_notice else None,
        )
