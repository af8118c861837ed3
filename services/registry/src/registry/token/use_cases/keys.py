"""The keys that sign tokens: the first one, and every one after it."""

from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from registry.record_scope import check_unrestricted
from registry.sealing import SealBroken, seal
from registry.token import queries, rules
from registry.token.schemas import KeyRotation, SigningKeyView
from registry.token.tables import SigningKey
from service_chassis.bulk import insert_missing
from service_chassis.columns import new_id
from service_chassis.identity import Principal
from service_chassis.service import Runtime
from service_chassis.settings import Settings
from service_chassis.unit_of_work import UnitOfWork


async def ensure_signing_key(uow: UnitOfWork, settings: Settings) -> None:
    """There is an active key that this process can open; every service is told of all of them.

    Told again at every start: a service that was added lately may have missed them.
    """
    keys = await queries.signing_keys(uow.session)
    current = [key for key in keys if not rules.is_retired(key, uow.now)]
    for key in current:
        uow.announce(rules.recorded(key))
    if any(_opens(settings, key) for key in current):
        return
    # Two processes that start together make the same generation; one of them finds it made.
    generation = keys[0].generation + 1 if keys else 1
    made = _new_key(uow, settings, generation, timedelta(0))
    await insert_missing(
        uow.session,
        SigningKey,
        [{column.key: getattr(made, column.key) for column in SigningKey.__table__.columns}],
    )
    if await uow.session.scalar(select(SigningKey.kid).where(SigningKey.kid == made.kid)):
        _publish(uow, made, "signing_key.made", None)


async def rotate_signing_key(
    uow: UnitOfWork, caller: Principal, runtime: Runtime, rotation: KeyRotation
) -> list[SigningKey]:
    """Publish the next key now, sign with it later, keep the old one until its tokens expire."""
    check_unrestricted(caller, "Signing keys")
    settings = runtime.settings
    present = list(
        await uow.session.scalars(
            select(SigningKey).order_by(SigningKey.generation.desc()).with_for_update()
        )
    )
    delay = timedelta(seconds=0 if rotation.at_once else rotation.activates_in_seconds)
    following = _new_key(uow, settings, present[0].generation + 1, delay)
    uow.session.add(following)
    await uow.session.flush()
    lifetime = timedelta(seconds=settings.token_lifetime_seconds)
    overlap_until = following.activates_at + lifetime + rules.OVERLAP_MARGIN
    for key in present:
        if not rules.is_retired(key, uow.now):
            needed_until = max(overlap_until, key.needed_until or overlap_until)
            retired_at = uow.now if rotation.at_once else needed_until
            key.retired_at = min(key.retired_at or retired_at, retired_at)
            key.touch(uow.now)
            _publish(uow, key, "signing_key.retired", rotation.reason)
    _publish(uow, following, "signing_key.made", rotation.reason)
    return [following, *present]


async def keep_verifying(uow: UnitOfWork, kid: str, until: datetime) -> bool:
    """Let the key verify until then at least; False when it was retired in the meantime."""
    key = await uow.session.get(SigningKey, kid, with_for_update=True, populate_existing=True)
    if key is None or rules.is_retired(key, uow.now):
        return False
    key.needed_until = max(until, key.needed_until or until)
    if key.retired_at is not None and key.retired_at < until:
        key.retired_at = until
        key.touch(uow.now)
        _publish(uow, key, "signing_key.kept", "it signed a wall token")
    return True


def _new_key(uow: UnitOfWork, settings: Settings, generation: int, delay: timedelta) -> SigningKey:
    private_key = Ed25519PrivateKey.generate()
    kid = f"{generation}-{new_id().hex[-12:]}"
    return SigningKey(
        kid=kid,
        generation=generation,
        jwk=rules.public_jwk(kid, private_key),
        sealed_private_key=seal(settings.signing_key, private_key.private_bytes_raw(), kid),
        activates_at=uow.now + delay,
        retired_at=None,
        needed_until=None,
        version=1,
        created_at=uow.now,
        updated_at=uow.now,
    )


def _opens(settings: Settings, key: SigningKey) -> bool:
    try:
        queries.open_key(settings.signing_key, key.kid, key.sealed_private_key)
    except SealBroken:
        return False
    return True


def _publish(uow: UnitOfWork, key: SigningKey, action: str, reason: str | None) -> None:
    uow.announce(rules.recorded(key))
    after = SigningKeyView.model_validate(key).model_dump(mode="json")
    uow.record(action, f"signing-key/{key.kid}", after=after, reason=reason)
