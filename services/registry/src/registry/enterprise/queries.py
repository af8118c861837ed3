"""Finding enterprises."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.authorisation.tables import Authorisation
from registry.enterprise import rules
from registry.enterprise.problems import EnterpriseNotFound
from registry.enterprise.schemas import DuplicateQuestion, EnterpriseView, LikelyDuplicate
from registry.enterprise.tables import Enterprise, EnterpriseNameToken
from registry.record_scope import OutsideRecordScope, only, region_prefix
from service_chassis.identity import Principal

MOST_CANDIDATES = 60
MOST_DUPLICATES = 20


def enterprises(
    caller: Principal,
    *,
    q: str | None = None,
    region: str | None = None,
    status: str | None = None,
) -> Select[Enterprise]:
    """Enterprises, narrowed by words of their names, by region and by status."""
    statement = select(Enterprise).where(*_seen_by(caller))
    if region:
        statement = statement.where(
            Enterprise.region_code.startswith(region_prefix(region), autoescape=True)
        )
    if status:
        statement = statement.where(Enterprise.status == status)
    if q:
        statement = _named(statement, q)
    return statement


def _seen_by(caller: Principal) -> list[ColumnElement[bool]]:
    """The directory is open; an enterprise sees itself, a platform those that authorised it."""
    clauses = [only(caller.enterprises, Enterprise.uscc)]
    if caller.platform is not None:
        authorising = select(Authorisation.seller_uscc).where(
            Authorisation.platform_code == caller.platform
        )
        clauses.append(Enterprise.uscc.in_(authorising))
    return clauses


def _named(statement: Select[Any], q: str) -> Select[Any]:
    """The tokens narrow by index; the text confirms that the word is there as a whole."""
    words = rules.search_words(q)
    for token in rules.telling_tokens(words):
        statement = statement.where(
            Enterprise.uscc.in_(
                select(EnterpriseNameToken.uscc).where(EnterpriseNameToken.token == token)
            )
        )
    for word in words:
        statement = statement.where(Enterprise.search_text.contains(word, autoescape=True))
    return statement


async def show_enterprise(session: AsyncSession, caller: Principal, uscc: str) -> Enterprise:
    """The enterprise, if it is the caller's to see."""
    seen: Enterprise | None = await session.scalar(
        select(Enterprise).where(Enterprise.uscc == uscc, *_seen_by(caller))
    )
    if seen is not None:
        return seen
    if await session.get(Enterprise, uscc) is None:
        raise EnterpriseNotFound(f"No enterprise has the credit code {uscc}.")
    raise OutsideRecordScope(f"Enterprise {uscc} is not in your record scope.")


async def known_enterprises(
    session: AsyncSession, usccs: Collection[str], *, lock: bool = False
) -> dict[str, Enterprise]:
    """Those of the enterprises that exist; locked in the order of their codes if asked."""
    statement = select(Enterprise).where(Enterprise.uscc.in_(sorted(usccs)))
    if lock:
        # Weaker than FOR UPDATE: rows that merely refer to an enterprise may come meanwhile.
        statement = statement.order_by(Enterprise.uscc).with_for_update(key_share=True)
    found = await session.scalars(statement.execution_options(populate_existing=lock))
    return {enterprise.uscc: enterprise for enterprise in found}


async def likely_duplicates(
    session: AsyncSession, caller: Principal, question: DuplicateQuestion
) -> list[LikelyDuplicate]:
    """Enterprises with the same code or organisation code, or with much of the same name."""
    names = [question.name_zh, *filter(None, [question.name_en]), *question.aliases]
    found = await _candidates(session, caller, question.uscc, names)
    likely = []
    for enterprise in found:
        judged = _judge(question.uscc, names, enterprise)
        if judged is not None:
            likely.append(judged)
    likely.sort(key=lambda duplicate: (-Decimal(duplicate.likeness), duplicate.enterprise.uscc))
    return likely[:MOST_DUPLICATES]


async def _candidates(
    session: AsyncSession, caller: Principal, uscc: str | None, names: Iterable[str]
) -> list[Enterprise]:
    asked = sorted(set().union(*(rules.tokens(rules.core(name)) for name in names)))[:200]
    shared = (
        select(EnterpriseNameToken.uscc)
        .where(EnterpriseNameToken.token.in_(asked))
        .group_by(EnterpriseNameToken.uscc)
        .order_by(func.count().desc(), EnterpriseNameToken.uscc)
        .limit(MOST_CANDIDATES)
    )
    wanted = set(await session.scalars(shared)) if asked else set()
    if uscc is not None:
        same = select(Enterprise.uscc).where(Enterprise.organisation == rules.organisation(uscc))
        wanted.update(await session.scalars(same.limit(MOST_CANDIDATES)))
    found = await session.scalars(
        select(Enterprise).where(
            Enterprise.uscc.in_(sorted(wanted)), Enterprise.status != "merged", *_seen_by(caller)
        )
    )
    return list(found)


def _judge(
    uscc: str | None, names: Iterable[str], enterprise: Enterprise
) -> LikelyDuplicate | None:
    theirs = [enterprise.name_zh, *filter(None, [enterprise.name_en]), *enterprise.aliases]
    likeness = max(rules.likeness(one, other) for one in names for other in theirs)
    reasons: list[Any] = []
    if uscc == enterprise.uscc:
        reasons.append("same_code")
    elif uscc is not None and rules.organisation(uscc) == enterprise.organisation:
        reasons.append("same_organisation")
    if likeness == 1:
        reasons.append("same_name")
    elif likeness >= rules.SIMILAR:
        reasons.append("similar_name")
    if not reasons:
        return None
    return LikelyDuplicate(
        enterprise=EnterpriseView.model_validate(enterprise),
        likeness=str(likeness.quantize(Decimal("0.01"))),
        reasons=reasons,
    )
