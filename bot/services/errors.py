"""What can go wrong in the rules. The caller words it for the person; nothing here is shown as it is."""

from __future__ import annotations

from typing import Any


class ServiceError(Exception):
    """Base of every domain error."""


class NotFound(ServiceError):
    """There is no such thing, or it is not this person's (the two must look alike to the person)."""


class Invalid(ServiceError):
    """A value breaks a rule. `field` names it, `reason` says what it must be (Chinese, one clause)."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class QuotaExhausted(ServiceError):
    """No place is left. `alternatives` are the nearest free ones, best first (may be empty)."""

    def __init__(self, message: str, alternatives: list[Any] | None = None) -> None:
        super().__init__(message)
        self.alternatives = alternatives or []


class AlreadyExists(ServiceError):
    """The person has one already; `existing` is it."""

    def __init__(self, message: str, existing: Any) -> None:
        super().__init__(message)
        self.existing = existing


class WrongState(ServiceError):
    """The thing exists but its state does not allow this (e.g. withdrawing a closed ticket)."""


class Changed(WrongState):
    """Somebody else changed it after the person looked at it; nothing was done."""
