"""“骑手姐姐” and the library in chat: joining, screening for oneself or a relative, places nearby."""

from __future__ import annotations

import re

from sqlalchemy import select

from bot.services import Services
from bot.storage.women import AllianceMember, ScreeningSignup
from tests.dialogue.conftest import Talk


async def test_joining_with_needs_and_place(talk: Talk, bot_services: Services) -> None:
    assert "帮助" in await talk("我要加入骑手姐姐互助联盟")
    assert "区镇" in await talk("想给孩子找家教 还想查两癌")
    assert "手机" in await talk("花桥")
    read_back = await talk("13812345678")
    assert "两癌筛查、家教指导" in read_back
    done = await talk("对")
    assert re.search(r"BM\d{8}-\d{6}", done)
    assert "妇女微家" in done
    assert "示例" in done
    async with bot_services.db.read() as session:
        member = await session.scalar(select(AllianceMember))
    assert member is not None
    assert (member.district, member.needs) == ("花桥镇", ["screening", "tutoring"])


async def test_pregnant_and_dismissed_leads_to_the_law_and_a_ticket(talk: Talk) -> None:
    assert "区镇" in await talk("我想加入骑手姐姐，怀孕了站长就不让我干了，想找妇联帮忙")
    assert "手机" in await talk("先不说")
    assert "维权帮助" in await talk("13812345678")
    done = await talk("对")
    assert "妇女权益保障法第48条" in done
    assert "登记劳动纠纷" in done


async def test_screening_for_a_relative_asks_little(talk: Talk, bot_services: Services) -> None:
    asked = await talk("我想给我老婆报个两癌筛查 她42岁")
    assert "手机" in asked
    for intrusive in ("怀孕", "月经", "性生活", "生过", "结婚"):
        assert intrusive not in asked
    read_back = await talk("13812345678")
    assert "家里人" in read_back
    done = await talk("对")
    assert "没有公布" in done
    async with bot_services.db.read() as session:
        signup = await session.scalar(select(ScreeningSignup))
    assert signup is not None
    assert (signup.for_whom, signup.age_band) == ("relative", "35_64")


async def test_an_age_outside_the_usual_range_is_told_and_kept(talk: Talk) -> None:
    await talk("我要报名两癌筛查 我自己")
    await talk("29")
    await talk("13812345678")
    done = await talk("对")
    assert "35–64" in done
    assert "BM" in done


async def test_the_same_phone_is_registered_once(talk: Talk) -> None:
    for sender, expected in (("A", "登记好了"), ("A", "登记过了"), ("B", "登记过了")):
        await talk("我想给我老婆报个两癌筛查 她42岁", sender=sender)
        await talk("13812345678", sender=sender)
        assert expected in await talk("对", sender=sender)


async def test_micro_homes_near_a_place_and_one_of_them(talk: Talk) -> None:
    assert "在哪儿" in await talk("/women/what_is:near")
    said = await talk("花桥")
    assert "1. “骑手姐姐”妇女微家" in said
    assert "示例数据" in said
    assert "服务：" in await talk("第二个怎么走")
    assert "1. “骑手姐姐”妇女微家" in await talk("还有别的吗")


async def test_library_stations_near_a_place(talk: Talk) -> None:
    await talk("/culture/library:near")
    said = await talk("玉山广场")
    assert "昆山市图书馆爱心驿站" in said
    assert "公里" in said


async def test_discounts_do_not_make_up_shops_or_dates(talk: Talk) -> None:
    said = await talk("/culture/discount_card:list")
    assert "五折观影" in said
    assert "没有公布" in said
