"""Registry: who is who. Parks, plans, enterprises, tenancies, platforms, and who may do what."""

from datetime import timedelta

from event_contracts.registry import (
    AuthorisationRecorded,
    ClientRecorded,
    EnterpriseRecorded,
    ParkRecorded,
    PlanPublished,
    PlatformRecorded,
    SigningKeyPublished,
    SnapshotCompleted,
    TargetSet,
    TenancyRecorded,
)
from registry.account import routes as account_routes
from registry.authorisation import routes as authorisation_routes
from registry.client import routes as client_routes
from registry.client.use_cases import ensure_operator
from registry.division import routes as division_routes
from registry.enterprise import routes as enterprise_routes
from registry.park import routes as park_routes
from registry.plan import routes as plan_routes
from registry.platform import routes as platform_routes
from registry.snapshot import routes as snapshot_routes
from registry.snapshot.use_cases import carry_on_snapshots
from registry.tables import RegistryTable
from registry.target import routes as target_routes
from registry.tenancy import routes as tenancy_routes
from registry.token import routes as token_routes
from registry.token.use_cases import ensure_signing_key
from registry.token.use_cases.sign_in import forget_old_failures
from service_chassis.service import Runtime, Service, Sweeper


async def prepare(runtime: Runtime) -> None:
    """A key to sign with, and the operator's client when the operator's secret is set."""
    async with runtime.database.unit_of_work() as uow:
        await ensure_signing_key(uow, runtime.settings)
    if runtime.settings.operator_secret is None:
        return
    secret = runtime.settings.operator_secret.get_secret_value()
    async with runtime.database.unit_of_work() as uow:
        await ensure_operator(uow, secret)


async def tidy(runtime: Runtime) -> None:
    """Forget attempts to sign in that nobody needs to remember."""
    async with runtime.database.unit_of_work() as uow:
        await forget_old_failures(uow)


SERVICE = Service(
    name="registry",
    package="registry",
    title_zh="登记",
    title_en="Registry",
    metadata=RegistryTable.metadata,
    routers=[
        division_routes.router,
        park_routes.router,
        plan_routes.router,
        target_routes.router,
        enterprise_routes.router,
        tenancy_routes.router,
        platform_routes.router,
        client_routes.router,
        authorisation_routes.router,
        account_routes.router,
        token_routes.router,
        snapshot_routes.router,
    ],
    publishes=[
        AuthorisationRecorded,
        ClientRecorded,
        EnterpriseRecorded,
        ParkRecorded,
        PlanPublished,
        PlatformRecorded,
        SigningKeyPublished,
        SnapshotCompleted,
        TargetSet,
        TenancyRecorded,
    ],
    sweepers=[
        Sweeper("snapshots", timedelta(seconds=1), carry_on_snapshots),
        Sweeper("sign-in-failures", timedelta(hours=1), tidy),
    ],
    on_start=[prepare],
)
