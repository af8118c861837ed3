"""Reading targets."""

from sqlalchemy import Select, select

from registry.target.tables import Target


def targets(
    *,
    plan: str | None = None,
    node: str | None = None,
    year: int | None = None,
    measure: str | None = None,
    status: str | None = None,
) -> Select[Target]:
    """Targets, narrowed by what was asked for."""
    wanted = {
        Target.plan_code: plan,
        Target.node_code: node,
        Target.year: year,
        Target.measure: measure,
        Target.status: status,
    }
    return select(Target).where(
        *(column == value for column, value in wanted.items() if value is not None)
    )
