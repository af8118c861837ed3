"""A small service of one table, to see what the chassis does around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import MetaData, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_chassis.app import build_app
from service_chassis.columns import NAMING, UtcDateTime, new_id
from service_chassis.database import Database
from service_chassis.dependencies import Reading, Writing
from service_chassis.etags import IfMatch, etag
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, paged
from service_chassis.policy import public, requires, requires_any
from service_chassis.problems import Problem, problem_responses
from service_chassis.service import Runtime, Service
from service_chassis.settings import Settings
from service_chassis.tables import ChassisTable, TrustedKey
from service_chassis.testing import FrozenClock


class ShopTable(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class Stall(ShopTable):
    __tablename__ = "stall"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    rent: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NewStall(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=40)
    rent: int = Field(ge=0)


class StallView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    rent: int


class StallNotFound(Problem):
    status = 404
    code = "stall_not_found"
    title_en = "There is no such stall"
    title_zh = "没有这个摊位"


class NameTaken(Problem):
    status = 409
    code = "name_taken"
    title_en = "Another stall has this name"
    title_zh = "摊位名称已被使用"


router = APIRouter(prefix="/v1/stalls", tags=["stalls"], route_class=IdempotentRoute)


@router.post(
    "",
    status_code=201,
    response_model=StallView,
    dependencies=[requires("shop:write")],
    responses=problem_responses(NameTaken),
)
async def open_stall(stall: NewStall, uow: Writing, response: Response) -> Stall:
    """Open a stall."""
    opened = Stall(id=new_id(), opened_at=uow.now, **stall.model_dump())
    uow.session.add(opened)
    uow.record("stall.opened", f"stall/{stall.name}", after=stall.model_dump())
    await uow.session.flush()
    if stall.name == "taken":
        raise NameTaken("There is a stall called taken.")
    if stall.name == "broken":
        raise RuntimeError("the secret inside")
    response.headers["Location"] = f"/v1/stalls/{opened.id}"
    return opened


@router.get("", dependencies=[requires_any("shop:read", "shop:write")])
async def list_stalls(
    session: Reading, page: PageParameters, rent: int | None = None
) -> Page[StallView]:
    """List the stalls, the cheapest first and then the last opened."""
    statement = select(Stall)
    if rent is not None:
        statement = statement.where(Stall.rent == rent)
    return await paged(session, statement, [Stall.rent, Stall.id.desc()], page, StallView)


@router.get("/by-age", dependencies=[public()])
async def list_stalls_by_age(session: Reading, page: PageParameters) -> Page[StallView]:
    """List the stalls, the last opened first."""
    return await paged(
        session, select(Stall), [Stall.opened_at.desc(), Stall.id.desc()], page, StallView
    )


@router.patch("/{stall_id}", response_model=StallView, dependencies=[requires("shop:write")])
async def rename_stall(
    stall_id: UUID, name: str, uow: Writing, condition: IfMatch, response: Response
) -> Stall:
    """Give a stall another name."""
    stall = await uow.session.get(Stall, stall_id)
    if stall is None:
        raise StallNotFound(f"No stall has the id {stall_id}.")
    condition.require(stall.version)
    stall.name, stall.version = name, stall.version + 1
    response.headers["ETag"] = etag(stall.version)
    return stall


@router.get("/whoami", dependencies=[requires("shop:read")])
async def whoami(caller: Caller) -> dict[str, Any]:
    """Say who asks."""
    return {"subject": caller.subject, "kind": caller.kind, "parks": sorted(caller.parks or ())}


SERVICE = Service(
    name="shop",
    package="tests",
    title_zh="摊位",
    title_en="Stalls",
    metadata=ShopTable.metadata,
    routers=[router],
)


@dataclass
class Shop:
    """The running service and a signer of tokens it trusts."""

    app: FastAPI
    http: httpx.AsyncClient
    database: Database
    clock: FrozenClock
    signer: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    kid: str = "first"

    def token(self, scope: str = "shop:read shop:write", **claims: Any) -> str:
        now = int(self.clock.now().timestamp())
        content = {
            "iss": "yuanqu",
            "aud": "yuanqu",
            "sub": "partner",
            "kind": "machine",
            "client_id": "partner",
            "scope": scope,
            "iat": now,
            "exp": now + 900,
            **claims,
        }
        return jwt.encode(content, self.signer, algorithm="EdDSA", headers={"kid": self.kid})

    def bearer(self, scope: str = "shop:read shop:write", **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(scope, **claims)}"}

    async def trust_signer(self, retired_in: timedelta | None = None) -> None:
        async with self.database.unit_of_work() as uow:
            retired_at = None if retired_in is None else uow.now + retired_in
            uow.session.add(
                TrustedKey(
                    kid=self.kid,
                    version=1,
                    jwk=jwt.algorithms.OKPAlgorithm.to_jwk(self.signer.public_key(), as_dict=True),
                    retired_at=retired_at,
                )
            )

    async def stalls(self) -> list[str]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(Stall.name).order_by(Stall.name)))


@asynccontextmanager
async def open_shop(
    tmp_path: Path, service: Service = SERVICE, **settings: Any
) -> AsyncIterator[Shop]:
    clock = FrozenClock()
    configured = Settings(data_dir=tmp_path, **settings)
    database = Database(configured.database_url(service.name), clock)
    async with database.engine.begin() as connection:
        for metadata in (ChassisTable.metadata, service.metadata):
            await connection.run_sync(metadata.create_all)
    app = build_app(service, Runtime(service, database, clock, configured), configured)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as http:
        shop = Shop(app, http, database, clock)
        await shop.trust_signer()
        yield shop
    await database.dispose()
