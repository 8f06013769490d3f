"""The rules of the programme: plain async Python over the database; no Rasa, no HTTP, no wording for the user."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.bank import BankService
from bot.services.clock import Clock, SystemClock
from bot.services.drinks import DrinksService
from bot.services.freight import FreightService
from bot.services.inbox import InboxService
from bot.services.outbox import OutboxService
from bot.services.people import PeopleService
from bot.services.sessions import SessionService
from bot.services.stations import StationsService
from bot.services.suggestions import SuggestionsService
from bot.services.transcript import TranscriptService
from bot.storage.base import Database


@dataclass(frozen=True)
class Services:
    """Every service, wired to one database and one clock."""

    db: Database
    clock: Clock
    people: PeopleService
    outbox: OutboxService
    inbox: InboxService
    sessions: SessionService
    transcript: TranscriptService
    stations: StationsService
    suggestions: SuggestionsService
    drinks: DrinksService
    freight: FreightService
    bank: BankService


def build_services(db: Database, clock: Clock | None = None) -> Services:
    clock = clock or SystemClock()
    people = PeopleService(db, clock)
    return Services(
        db=db,
        clock=clock,
        people=people,
        outbox=OutboxService(db, clock),
        inbox=InboxService(db, clock),
        sessions=SessionService(db, clock),
        transcript=TranscriptService(db, clock, people),
        stations=StationsService(db, clock),
        suggestions=SuggestionsService(db, clock),
        drinks=DrinksService(db, clock),
        freight=FreightService(db, clock),
        bank=BankService(db, clock),
    )


def default_services() -> Services:
    """Services on the database named in the settings (for `rasa run actions`)."""
    from bot.settings import load_settings

    return build_services(Database(load_settings().database_url))
