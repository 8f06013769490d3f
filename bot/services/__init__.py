"""The rules of the programme: plain async Python over the database; no Rasa, no HTTP, no wording for the user."""

from __future__ import annotations

from dataclasses import dataclass, fields

from bot.services.audit import AuditService
from bot.services.bank import BankService
from bot.services.callers import CallersService
from bot.services.clock import Clock, SystemClock
from bot.services.culture import CultureService
from bot.services.dashboard import DashboardService
from bot.services.dispute_desk import DisputeDesk
from bot.services.disputes import DisputesService
from bot.services.drinks import DrinksService
from bot.services.freight import FreightService
from bot.services.guided import GuidedService
from bot.services.handoff import HandoffService
from bot.services.hospital import HospitalService
from bot.services.inbox import InboxService
from bot.services.kept import KeptService
from bot.services.knowledge import KnowledgeService
from bot.services.mediation import MediationService
from bot.services.outbox import OutboxService
from bot.services.people import Forgets, PeopleService
from bot.services.reference_desk import ReferenceDesk
from bot.services.requests import RequestsService
from bot.services.review import ReviewService
from bot.services.safety import SafetyService
from bot.services.school import SchoolService
from bot.services.selection import SelectionDesk
from bot.services.sessions import SessionService
from bot.services.staff import StaffService
from bot.services.stations import StationsService
from bot.services.submitted import SubmittedService
from bot.services.suggestions import SuggestionsService
from bot.services.ticket_queue import TicketQueue
from bot.services.transcript import TranscriptService
from bot.services.women import WomenService
from bot.storage.base import Database


@dataclass(frozen=True)
class Services:
    """Every service, wired to one database and one clock."""

    db: Database
    clock: Clock
    people: PeopleService
    callers: CallersService
    outbox: OutboxService
    inbox: InboxService
    handoff: HandoffService
    requests: RequestsService
    sessions: SessionService
    transcript: TranscriptService
    stations: StationsService
    suggestions: SuggestionsService
    disputes: DisputesService
    dispute_desk: DisputeDesk
    mediation: MediationService
    drinks: DrinksService
    freight: FreightService
    bank: BankService
    hospital: HospitalService
    school: SchoolService
    culture: CultureService
    women: WomenService
    safety: SafetyService
    audit: AuditService
    staff: StaffService
    knowledge: KnowledgeService
    guided: GuidedService
    review: ReviewService
    dashboard: DashboardService
    reference: ReferenceDesk
    selection: SelectionDesk
    kept: KeptService
    tickets: TicketQueue
    submitted: SubmittedService


def build_services(db: Database, clock: Clock | None = None) -> Services:
    clock = clock or SystemClock()
    people = PeopleService(db, clock)
    audit = AuditService(db, clock)
    culture, reference = CultureService(db, clock), ReferenceDesk(db, clock, audit)
    services = Services(
        db=db,
        clock=clock,
        people=people,
        callers=CallersService(db, clock),
        outbox=OutboxService(db, clock),
        inbox=InboxService(db, clock),
        handoff=HandoffService(db, clock),
        requests=RequestsService(db, clock),
        sessions=SessionService(db, clock),
        transcript=TranscriptService(db, clock, people),
        stations=StationsService(db, clock),
        suggestions=SuggestionsService(db, clock),
        disputes=DisputesService(db, clock),
        dispute_desk=DisputeDesk(db, clock),
        mediation=MediationService(db, clock),
        drinks=DrinksService(db, clock),
        freight=FreightService(db, clock),
        bank=BankService(db, clock),
        hospital=HospitalService(db, clock),
        school=SchoolService(db, clock),
        culture=culture,
        women=WomenService(db, clock),
        safety=SafetyService(db, clock),
        audit=audit,
        staff=StaffService(db, clock, audit),
        knowledge=KnowledgeService(db, clock, audit),
        guided=GuidedService(db, clock, audit),
        review=ReviewService(db, clock, audit),
        dashboard=DashboardService(db, clock),
        reference=reference,
        selection=SelectionDesk(db, clock, audit, culture, reference),
        kept=KeptService(db, clock),
        tickets=TicketQueue(db, clock),
        submitted=SubmittedService(db, clock),
    )
    people.forgetters = _forgetters(services)
    return services


def _forgetters(services: Services) -> tuple[Forgets, ...]:
    """Every service that holds something about people; mediation before the tickets it hangs on."""
    return tuple(
        service
        for service in (services.mediation, *(getattr(services, field.name) for field in fields(services)))
        if isinstance(service, Forgets)
    )


def default_services() -> Services:
    """Services on the database named in the settings (for `rasa run actions`)."""
    from bot.settings import load_settings

    return build_services(Database(load_settings().database_url))
