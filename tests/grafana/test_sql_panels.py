"""Every question to the database, asked as the role of the dashboards asks it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.grafana import town
from tests.grafana.grafana import VARIABLE, Asked, Chosen, asked, dashboards, expanded, filled_in
from tests.grafana.traded import Traded

DOCUMENTS = dashboards()
QUESTIONS = [
    each
    for document in DOCUMENTS.values()
    for each in asked(document)
    if each.source == "yuanqu-board"
]
WHOLE = "whole"


def resolved(
    document: dict[str, Any], reader: psycopg.Connection[Any], which: str
) -> Iterator[tuple[str, Chosen]]:
    """The variables of a dashboard by their own queries: All of each, or its last value."""
    for variable in document["templating"]["list"]:
        if variable["type"] == "custom":
            yield variable["name"], Chosen(values=[variable["current"]["value"]])
        elif isinstance(variable["query"], str):
            found = [value for _, value in reader.execute(variable["query"])]
            assert found, variable["name"]
            everything = variable.get("allValue") if which == WHOLE else None
            yield variable["name"], Chosen(everything, found[-1:])
        else:
            # From Prometheus, whose labels are the codes of the platforms as well.
            everything = variable["allValue"] if which == WHOLE else None
            yield variable["name"], Chosen(everything, [town.PLATFORMS[-1]])


def rows(
    question: Asked, traded: Traded, reader: psycopg.Connection[Any], which: str
) -> list[tuple[Any, ...]]:
    chosen = dict(resolved(DOCUMENTS[question.dashboard], reader, which))
    text = expanded(
        filled_in(question.text, chosen),
        traded.now - timedelta(days=30),
        traded.now + timedelta(hours=1),
    )
    assert not VARIABLE.search(text), text
    return reader.execute(text.encode()).fetchall()


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_question_returns_rows(
    question: Asked, traded: Traded, reader: psycopg.Connection[Any]
) -> None:
    found = rows(question, traded, reader, WHOLE)

    assert found
    well_at_zero = question.title == "差额 · Difference"
    assert well_at_zero or any(value not in {None, 0} for row in found for value in row)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_question_can_be_narrowed(
    question: Asked, traded: Traded, reader: psycopg.Connection[Any]
) -> None:
    assert len(rows(question, traded, reader, "one")) <= len(rows(question, traded, reader, WHOLE))


def test_the_wall_shows_the_figures_of_the_api(
    traded: Traded, reader: psycopg.Connection[Any]
) -> None:
    (year,) = [each for each in QUESTIONS if each.title.startswith("本年 ·")]
    ((amount, yoy),) = rows(year, traded, reader, WHOLE)
    figure = reader.execute(
        "SELECT amount_minor, yoy FROM board.figures('ECV_PAID', 'year', %s) "
        "WHERE currency = 'CNY'",
        [traded.now],
    ).fetchone()

    assert figure == (amount * 10**10, yoy)


def test_the_live_night_shows_the_week_before_in_its_place(
    traded: Traded, reader: psycopg.Connection[Any]
) -> None:
    now, before = (
        rows(each, traded, reader, WHOLE)
        for each in QUESTIONS
        if each.title.startswith("每分钟直播销售额")
    )

    assert {metric for _, metric, _ in now} == {"本场 Now"}
    assert {metric for _, metric, _ in before} == {"上周 Week before"}
    # Today's noon, and that of a week before in its place.
    assert traded.now in {moment for moment, _, _ in now}
    assert traded.now in {moment for moment, _, _ in before}
