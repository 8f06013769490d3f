"""A ticket that was opened by telephone becomes the WeChat user's who knows its number and phone."""

PHONE = "13800138000"


async def test_number_and_phone_together_open_it(talk, bot_services):
    caller = await bot_services.people.ensure_caller(PHONE)
    ticket = await bot_services.disputes.open(person_id=caller.id, dispute_type="wages", employer="蓝马", phone=PHONE)
    hint = await talk(f"查一下工单 {ticket.number}", sender="wx:o1")
    assert "没查到" in hint
    assert "手机号一起发来" in hint
    assert "没查到" in await talk(f"{ticket.number} 13900139000", sender="wx:o1")
    assert "没查到" in await talk(f"{ticket.number} {PHONE}", sender="rest-user")
    shown = await talk(f"{ticket.number} {PHONE}", sender="wx:o1")
    assert ticket.number in shown
    assert "拖欠工资" in shown
    assert ticket.number in await talk("我的工单怎么样了", sender="wx:o1")


async def test_the_two_numbers_may_stand_in_a_sentence(talk, bot_services):
    caller = await bot_services.people.ensure_caller(PHONE)
    for number, words in enumerate(("我电话里登记的工单{0}，手机号{1}", "手机{1} 工单号{0} 帮我看看", "{0}，{1}")):
        ticket = await bot_services.disputes.open(
            person_id=caller.id, dispute_type="deposit", employer=None, phone=PHONE
        )
        shown = await talk(words.format(ticket.number, PHONE), sender=f"wx:o{number}")
        assert f"工单 {ticket.number}" in shown, words


async def test_any_digits_of_a_number_are_a_number(talk):
    for number in ("LD20261125-719974", "LD20261125-882965", "LD20261125-000000", "LD20261125-120120"):
        assert "没查到" in await talk(f"查一下工单 {number}", sender="wx:o9")
        assert "没查到" in await talk(f"帮我看看{number}到哪步了", sender="wx:o9")
