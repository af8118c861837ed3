"""What the other services hear of an authorisation."""

from uuid import UUID

from event_contracts.registry import AuthorisationRecorded
from registry.authorisation.tables import Authorisation


def recorded(
    authorisation: Authorisation, snapshot_id: UUID | None = None
) -> AuthorisationRecorded:
    """The state of an authorisation for the other services.

    One that was ended on a date still covers the dates before it; revoked, to the services, is one
    that covers no date at all.
    """
    covers_nothing = (
        authorisation.valid_to is not None and authorisation.valid_to <= authorisation.valid_from
    )
    return AuthorisationRecorded(
        version=authorisation.version,
        snapshot_id=snapshot_id,
        authorisation_id=authorisation.id,
        platform_code=authorisation.platform_code,
        seller_uscc=authorisation.seller_uscc,
        valid_from=authorisation.valid_from,
        valid_to=authorisation.valid_to,
        status="revoked" if covers_nothing else "active",
    )
