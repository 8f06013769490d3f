"""Which of the three classes of 人社部发〔2021〕56号 a platform worker probably is in, by three questions.

① the conditions of a labour relation are met: labour law, arbitration. ② not wholly, but the firm manages the
work: a written agreement; the parties' rights go by it, the departments help. ③ self-employed or freelance:
civil law. A first orientation only: the decision is the arbitrators' or the court's.
"""

from __future__ import annotations

from typing import Literal

Contract = Literal["labour", "agreement", "none"]
WorkerClass = Literal["labour_relation", "managed", "self_employed", "unclear"]


def worker_class(contract: Contract | None, managed: bool | None, free_login: bool | None) -> WorkerClass:
    """contract: what was signed; managed: a firm or station pays and schedules; free_login: log in at will.

    None: the worker does not know. A labour contract decides by itself. Otherwise management without the
    freedom to log in at will points to a labour relation, whatever the paper says; one of the two to the
    second class.
    """
    if contract == "labour":
        return "labour_relation"
    if managed is None and free_login is None:
        return "unclear"
    if managed is True and free_login is False:
        return "labour_relation"
    if managed is True or free_login is False:
        return "managed"
    if managed is False and free_login is True:
        return "self_employed"
    return "unclear"
