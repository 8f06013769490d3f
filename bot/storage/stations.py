"""Stations of the programme and the catalogue of the services they may offer."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Float, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import Base
from bot.storage.reference import ReferenceRow

STATION_CATEGORIES = {
    "party_center": "党群服务中心（站点）",
    "union_home": "职工之家",
    "city_service": "城市管理服务站",
    "bank": "银行",
    "shop": "商超",
    "post": "邮政服务网点",
}
SITE_KINDS = {
    "general": "示范阵地",
    "truck_supply": "货车司机补给站",
    "xiaoge_xiangqu": "楼宇“小哥·享趣”驿站",
    "red_yellow_blue": "商圈“红黄蓝驿站”",
    "streamer": "网络主播驿站",
    "luyin_pioneer": "鹿银先锋驿站",
}
STATION_STATUSES = ("open", "paused", "closed")
SERVICE_CATEGORIES = {"party": "党建服务", "public": "公共服务", "life": "生活服务", "suggestion": "建议信箱"}


class StationService(ReferenceRow, Base):
    """One of the 30 services in four categories."""

    __tablename__ = "station_services"

    name: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(20))
    category_name: Mapped[str] = mapped_column(String(20))


class Station(ReferenceRow, Base):
    """A place to rest. `lng`, `lat`: WGS-84 degrees, both or neither. `hours`: grammar of opening_hours.

    `services`: codes of the catalogue. `site_kind` is set for demonstration sites only.
    """

    __tablename__ = "stations"
    __table_args__ = (CheckConstraint("(lng IS NULL) = (lat IS NULL)", name="point_whole"),)

    name: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(20))
    district: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(120))
    lng: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    hours: Mapped[str | None] = mapped_column(String(200))
    services: Mapped[list[str]] = mapped_column(JSON)
    demo_site: Mapped[bool] = mapped_column(Boolean, default=False)
    site_kind: Mapped[str | None] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10), default="open")
