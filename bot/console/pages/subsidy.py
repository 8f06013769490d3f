"""What a student of 昆小哥学堂 gets back, worked out while the caller waits; nothing is kept."""

from __future__ import annotations

from aiohttp import web

from bot.actions.subsidy_wording import LEVEL_NAMES, word
from bot.console.onbehalf import Given
from bot.console.registry import Staff, page
from bot.console.render import render
from bot.language import parse_money
from bot.services.subsidy import MOST_TUITION_FEN, SubsidyCase, calculate

MEMBER = {"yes": True, "no": False}


@page("GET", "/console/subsidy", permission="desk.use")
async def subsidy(request: web.Request, staff: Staff) -> web.Response:
    given = Given.of(request.query)
    errors: dict[str, str] = {}
    result = ""
    if "tuition" in given.values:
        tuition, level = parse_money(given.one("tuition")), given.one("level")
        if tuition is None or not 0 < tuition <= MOST_TUITION_FEN:
            errors["tuition"] = "写学费总数，比如 7200 或“七千二”"
        if level not in LEVEL_NAMES:
            errors["level"] = "选大专还是本科"
        if tuition is not None and not errors:
            case = SubsidyCase(
                tuition,
                level,
                union_member=MEMBER.get(given.one("member")),
                second_degree=given.one("second") == "yes",
            )
            result = word(case, calculate(case))
    return render(
        request,
        "tasks/subsidy.html",
        status=422 if errors else 200,
        here="subsidy",
        given=given,
        levels=LEVEL_NAMES.items(),
        errors=errors,
        result=result,
    )
