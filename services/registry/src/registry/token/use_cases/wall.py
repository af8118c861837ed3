"""Tokens for walls: they live for months, open the board in a browser and nothing else."""

from datetime import timedelta

from registry.client.use_cases import hold_client
from registry.token import queries, rules
from registry.token.problems import NoSigningKey, NotForAWall
from registry.token.schemas import WallToken
from registry.token.use_cases.keys import keep_verifying
from service_chassis.identity import Principal
from service_chassis.service import Runtime
from service_chassis.unit_of_work import UnitOfWork


async def issue_wall_token(
    uow: UnitOfWork, caller: Principal, runtime: Runtime, client_id: str, days: int
) -> WallToken:
    """A token that shows the board with the client's record scope for so many days.

    The key that signs it is kept until the token expires, however often keys are rotated.
    """
    client = await hold_client(uow, caller, client_id)
    if client.scopes != [rules.SCOPE_OF_WALLS]:
        raise NotForAWall(
            f"Its scopes are {', '.join(client.scopes)}; a wall's client has "
            f"{rules.SCOPE_OF_WALLS} alone.",
            scopes=client.scopes,
        )
    if await queries.is_suspended(uow.session, client.platform_code):
        raise NotForAWall(f"Platform {client.platform_code} is suspended.")
    lifetime = timedelta(days=days)
    holder = rules.Holder(
        client_id=client.client_id,
        kind="machine",
        scopes=client.scopes,
        platform=client.platform_code,
        parks=client.parks,
        enterprises=client.enterprises,
        region=client.region,
    )
    signer = await queries.signer_now(uow.session, runtime)
    claims = rules.claims_of_wall(holder, uow.now, lifetime)
    token = rules.signed(claims, signer)
    if len(token) > rules.LONGEST_WALL_TOKEN:
        raise NotForAWall(
            f"Its token would have {len(token):,} characters and a browser keeps no cookie of more "
            f"than {rules.LONGEST_WALL_TOKEN:,}: name fewer parks and enterprises, or a region."
        )
    expires_at = uow.now + lifetime
    if not await keep_verifying(uow, signer.kid, expires_at + rules.OVERLAP_MARGIN):
        raise NoSigningKey("The signing key was replaced a moment ago; ask again.", retry_after=1)
    uow.record(
        "client.wall_token_issued",
        f"client/{client_id}",
        after={"expires_at": expires_at.isoformat(), "jti": claims["jti"], "kid": signer.kid},
    )
    return WallToken(client_id=client_id, wall_token=token, expires_at=expires_at)
