"""What a route asks for in its signature: ``Writing`` or ``Reading``."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from service_chassis.identity import identify
from service_chassis.service import Runtime
from service_chassis.unit_of_work import UnitOfWork


def runtime_of(request: Request) -> Runtime:
    """The service, its database, its clock and its settings."""
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _unit_of_work(request: Request) -> AsyncIterator[UnitOfWork]:
    joined: UnitOfWork | None = getattr(request.state, "uow", None)
    if joined is not None:
        yield joined
        return
    principal = await identify(request)
    async with runtime_of(request).database.unit_of_work(
        actor=principal.actor if principal else None,
        request_id=getattr(request.state, "request_id", None),
    ) as uow:
        yield uow


async def _reading(request: Request) -> AsyncIterator[AsyncSession]:
    async with runtime_of(request).database.reading() as session:
        yield session


async def _at_hand(request: Request) -> Runtime:
    # A dependency that is no coroutine would run in a thread, for 100 µs.
    return runtime_of(request)


AtHand = Annotated[Runtime, Depends(_at_hand)]

# "function" scope commits before the response leaves: a 201 is a durable 201.
Writing = Annotated[UnitOfWork, Depends(_unit_of_work, scope="function")]
Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
