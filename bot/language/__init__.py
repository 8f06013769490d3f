"""What Kunshan's riders type, read into values: times, money, numbers, phones, answers.

Pure functions over text. Nothing here knows Rasa, a database or the network; the only clock is the `now`
that is passed in. Every finder returns spans whose `start` and `end` are offsets in the original text, with
`surface == text[start:end]`, in reading order and without overlaps, and never raises on any text.

| module | reads |
|---|---|
| `normalise` | folds full width, traditional characters, capitals and invisible marks, keeping offsets |
| `numbers` | 八千五, 1w2, 3千6, 五六百, 半 |
| `money` | 九百块, 五百多, 欠我5800工资, in whole fen |
| `times` | 明儿下午, 下周三上午, 12.3号, 两点半, 月底, 7月到9月; `describe` says them back |
| `time_*` | what `times` is made of: patterns, days, clock, holidays, wishes, the value itself |
| `workdays` | working days, office hours, deadlines in working hours |
| `durations` | 三个月, 仨月, 一年半 |
| `phone` | mobile numbers, with what is wrong about a wrong one; masking and redaction |
| `ids` | the bot's own ticket and booking numbers |
| `yesno` | 嗯呐, 要得, 冇, 算了; 还在干 and 辞了 |
| `channels`, `degrees`, `disputes` | closed lists: hospital channel, level of study, matter of a dispute |
"""

from bot.language.channels import CHANNELS, find_channels, read_channel
from bot.language.degrees import DEGREES, SCHOOLING, Study, find_degrees, read_degree, read_study
from bot.language.disputes import DISPUTE_TYPES, find_dispute_types, read_dispute_type
from bot.language.durations import Duration, find_durations
from bot.language.ids import ReferenceNumber, find_booking_numbers, find_ids, find_ticket_numbers
from bot.language.money import Money, find_money, format_yuan, parse_money
from bot.language.normalise import Normalised, normalise
from bot.language.numbers import NumberSpan, find_numbers, parse_number
from bot.language.phone import (
    Phone,
    Secret,
    check_phone,
    find_phones,
    find_secrets,
    is_bank_card,
    is_id_card,
    mask,
    redact,
)
from bot.language.phrases import Labelled, PhraseTable
from bot.language.spans import Span
from bot.language.times import TimeSpan, describe, find_times, parse_time
from bot.language.workdays import (
    SHANGHAI,
    Festival,
    OfficeHours,
    add_workdays,
    add_working_hours,
    festival,
    is_known_year,
    is_workday,
    next_workday,
)
from bot.language.yesno import Answer, read_answer, read_still_employed, read_yes_no

__all__ = [
    "CHANNELS",
    "DEGREES",
    "DISPUTE_TYPES",
    "SCHOOLING",
    "SHANGHAI",
    "Answer",
    "Duration",
    "Festival",
    "Labelled",
    "Money",
    "Normalised",
    "NumberSpan",
    "OfficeHours",
    "Phone",
    "PhraseTable",
    "ReferenceNumber",
    "Secret",
    "Span",
    "Study",
    "TimeSpan",
    "add_workdays",
    "add_working_hours",
    "check_phone",
    "describe",
    "festival",
    "find_booking_numbers",
    "find_channels",
    "find_degrees",
    "find_dispute_types",
    "find_durations",
    "find_ids",
    "find_money",
    "find_numbers",
    "find_phones",
    "find_secrets",
    "find_ticket_numbers",
    "find_times",
    "format_yuan",
    "is_bank_card",
    "is_id_card",
    "is_known_year",
    "is_workday",
    "mask",
    "next_workday",
    "normalise",
    "parse_money",
    "parse_number",
    "parse_time",
    "read_answer",
    "read_channel",
    "read_degree",
    "read_dispute_type",
    "read_still_employed",
    "read_study",
    "read_yes_no",
    "redact",
]
