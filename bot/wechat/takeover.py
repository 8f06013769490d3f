"""What staff registered for a caller becomes a WeChat user's own: one thing, by its number and the phone together.

Tickets are taken over by the dialogue's own action, which knows what to show of them.
"""

from __future__ import annotations

from bot.language import find_ids, find_phones
from bot.services import Services
from bot.services.errors import AlreadyExists, NotFound
from bot.wechat import wording

MOST_TEXT = 80  # characters: whoever sends a number and a phone says little else


def number_and_phone(text: str) -> tuple[str, str] | None:
    """The one number of ours and the one phone of a short message."""
    if len(text) > MOST_TEXT or not any(letter.isdigit() for letter in text):
        return None
    numbers = find_ids(text)
    if len(numbers) != 1 or numbers[0].kind == "ticket":
        return None
    # the digits of both run together for whoever reads numbers
    rest = f"{text[: numbers[0].start]} {text[numbers[0].end :]}"
    phones = [phone.number for phone in find_phones(rest) if phone.valid]
    return (numbers[0].value, phones[0]) if len(phones) == 1 else None


async def taken_over(services: Services, text: str, person_id: str) -> str:
    """Move it, and say so; "" when the message is none of that, or the two do not belong together."""
    found = number_and_phone(text)
    if found is None:
        return ""
    number, phone = found
    try:
        kind = await services.callers.take_over(number, phone, person_id)
    except NotFound:
        return ""
    except AlreadyExists:
        return wording.HAS_THE_SAME.format(number=number)
    return wording.TAKEN_OVER.format(what=wording.TAKEN[kind], number=number)
