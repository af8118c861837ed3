"""Enterprises over HTTP."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response, status
from fastapi.responses import JSONResponse

from reference_data import credit_code
from registry.answers import tag
from registry.batches import MULTI_STATUS, BatchOutcome
from registry.codes import NO_NUL
from registry.enterprise import queries, use_cases
from registry.enterprise.problems import (
    EnterpriseExists,
    EnterpriseMerged,
    EnterpriseNotFound,
    MergeRefused,
    MergeTenanciesOverlap,
    SearchTooShort,
)
from registry.enterprise.schemas import (
    DuplicateAnswer,
    DuplicateQuestion,
    EnterpriseBatch,
    EnterpriseChange,
    EnterpriseRegistration,
    EnterpriseStatus,
    EnterpriseView,
    ImportReport,
    Merger,
)
from registry.enterprise.tables import Enterprise
from registry.record_scope import OutsideRecordScope
from registry.regions import AskedRegion
from service_chassis import tabular
from service_chassis.dependencies import Reading, Writing
from service_chassis.etags import IfMatch, PreconditionRequired, VersionStale, etag
from service_chassis.idempotency import IdempotentRoute
from service_chassis.identity import Caller
from service_chassis.paging import Page, PageParameters, PageTokenInvalid, paged
from service_chassis.policy import requires
from service_chassis.problems import ContentTooLarge, MediaTypeUnsupported, problem_responses


class UploadRoute(IdempotentRoute):
    """A route that takes files and batches."""

    most_body_bytes = 8 * 1024 * 1024


router = APIRouter(prefix="/v1/enterprises", tags=["enterprises"], route_class=UploadRoute)
READ, WRITE = [requires("registry:read")], [requires("registry:write")]
Code = Annotated[str, Path(max_length=40, pattern=NO_NUL, examples=["91441900MA4XDG017F"])]

A_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            tabular.CSV: {
                "schema": {"type": "string"},
                "example": (
                    "uscc,name_zh,name_en,aliases,region_code\n"
                    "91441900MA4XDG017F,东莞市示例服饰有限公司,Example Apparel,示例服饰,441900121\n"
                ),
            },
            tabular.XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=EnterpriseView,
    dependencies=WRITE,
    responses=problem_responses(EnterpriseExists, OutsideRecordScope),
)
async def register_enterprise(
    registration: EnterpriseRegistration, uow: Writing, caller: Caller, response: Response
) -> Enterprise:
    """Register an enterprise by its unified social credit code."""
    enterprise = await use_cases.register_enterprise(uow, caller, registration)
    tag(response, enterprise.version, f"enterprises/{enterprise.uscc}")
    return enterprise


@router.get(
    "",
    dependencies=READ,
    responses=problem_responses(PageTokenInvalid, SearchTooShort),
)
async def list_enterprises(
    *,
    session: Reading,
    caller: Caller,
    page: PageParameters,
    q: Annotated[
        str | None,
        Query(
            max_length=100,
            pattern=NO_NUL,
            description="Words of any of their names; two characters do.",
        ),
    ] = None,
    region: Annotated[
        AskedRegion | None, Query(description="A division; everything inside it too.")
    ] = None,
    status: EnterpriseStatus | None = None,
) -> Page[EnterpriseView]:
    """Find enterprises, by credit code."""
    statement = queries.enterprises(caller, q=q, region=region, status=status)
    return await paged(session, statement, [Enterprise.uscc], page, EnterpriseView)


@router.post(
    ":batch",
    status_code=MULTI_STATUS,
    dependencies=WRITE,
    responses=problem_responses(ContentTooLarge),
)
async def register_enterprises(
    batch: EnterpriseBatch, uow: Writing, caller: Caller
) -> BatchOutcome:
    """Register up to 1,000 enterprises; every item has its own outcome."""
    return await use_cases.register_batch(uow, caller, batch.items)


@router.post(":check-duplicates", dependencies=READ)
async def check_duplicates(
    question: DuplicateQuestion, session: Reading, caller: Caller
) -> DuplicateAnswer:
    """Find enterprises that may be the one you are about to register."""
    return DuplicateAnswer(duplicates=await queries.likely_duplicates(session, caller, question))


@router.post(
    ":import",
    dependencies=WRITE,
    responses=problem_responses(MediaTypeUnsupported, tabular.TableUnreadable, ContentTooLarge),
    openapi_extra=A_FILE,
)
async def import_enterprises(
    request: Request,
    uow: Writing,
    caller: Caller,
    *,
    dry_run: Annotated[bool, Query(description="Only say what would happen.")] = False,
) -> ImportReport:
    """Import enterprises from CSV or XLSX; the report names every row.

    Columns (or their Chinese names): uscc 统一社会信用代码, name_zh 企业名称, name_en 英文名称,
    aliases 别名 (separated by ; or 、), region_code 行政区划代码. A known code is updated; an empty
    cell changes nothing. Faulty rows are left out and reported, the others are taken.
    """
    content = await request.body()
    rows = await asyncio.to_thread(tabular.read_table, content, request.headers.get("content-type"))
    return await use_cases.import_rows(uow, caller, rows, dry_run=dry_run)


@router.get(
    "/{uscc}",
    response_model=EnterpriseView,
    dependencies=READ,
    responses={
        **problem_responses(EnterpriseNotFound, OutsideRecordScope),
        308: {
            "model": EnterpriseView,
            "description": "It was merged into another one: see Location",
        },
    },
)
async def show_enterprise(
    uscc: Code,
    session: Reading,
    caller: Caller,
    response: Response,
    *,
    redirect: Annotated[bool, Query(description="False shows a merged enterprise itself.")] = True,
) -> Enterprise | Response:
    """Show an enterprise; one that was merged leads to the one it became."""
    enterprise = await queries.show_enterprise(session, caller, credit_code.normalise(uscc))
    if redirect and enterprise.merged_into is not None:
        view = EnterpriseView.model_validate(enterprise).model_dump(mode="json")
        headers = {"Location": enterprise.merged_into, "ETag": etag(enterprise.version)}
        return JSONResponse(view, status.HTTP_308_PERMANENT_REDIRECT, headers)
    tag(response, enterprise.version)
    return enterprise


@router.patch(
    "/{uscc}",
    response_model=EnterpriseView,
    dependencies=WRITE,
    responses=problem_responses(
        EnterpriseNotFound, EnterpriseMerged, OutsideRecordScope, VersionStale, PreconditionRequired
    ),
)
async def change_enterprise(
    *,
    uscc: Code,
    change: EnterpriseChange,
    uow: Writing,
    caller: Caller,
    expected: IfMatch,
    response: Response,
) -> Enterprise:
    """Change an enterprise; send the ETag you read as If-Match."""
    enterprise = await use_cases.change_enterprise(
        uow, caller, credit_code.normalise(uscc), change, expected
    )
    tag(response, enterprise.version)
    return enterprise


@router.post(
    "/{uscc}:merge",
    response_model=EnterpriseView,
    dependencies=WRITE,
    responses=problem_responses(
        EnterpriseNotFound, MergeRefused, MergeTenanciesOverlap, OutsideRecordScope
    ),
)
async def merge_enterprise(uscc: Code, merger: Merger, uow: Writing, caller: Caller) -> Enterprise:
    """Merge a duplicate into the enterprise it is; its tenancies go over, a redirect stays."""
    return await use_cases.merge_enterprise(uow, caller, credit_code.normalise(uscc), merger)
