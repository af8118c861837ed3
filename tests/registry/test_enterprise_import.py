"""Enterprises from spreadsheets: every row reported, a dry run that changes nothing."""

from typing import Any

from event_contracts.registry import EnterpriseRecorded
from reference_data import credit_code
from service_chassis import tabular
from tests.registry.register import FIRST, SECOND, Register, an_enterprise

CSV = f"""uscc,name_zh,name_en,aliases,region_code
{FIRST},东莞市虎门服饰有限公司,Humen Apparel,虎门服饰；HM,441900121
91350100M000100Y4Z,一个错号,,,350100
{SECOND},广州琶洲科技有限公司,,,440105
{FIRST},重复的一行,,,441900121
51441900MJ0123456P,,,,441900
"""


async def imported(
    register: Register, content: bytes, media_type: str = tabular.CSV, *, dry_run: bool = False
) -> Any:
    answer = await register.call(
        "POST",
        f"/v1/enterprises:import?dry_run={str(dry_run).lower()}",
        content=content,
        headers={"Content-Type": media_type},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_dry_run_reports_every_row_and_changes_nothing(register: Register) -> None:
    report = await imported(register, CSV.encode(), dry_run=True)

    assert [(row["row"], row["outcome"]) for row in report["rows"]] == [
        (2, "created"),
        (3, "rejected"),
        (4, "created"),
        (5, "rejected"),
        (6, "rejected"),
    ]
    assert report["rows"][1]["problems"][0]["column"] == "uscc"
    assert report["rows"][3]["problems"][0]["code"] == "repeated"
    assert report["rows"][4]["problems"][0]["column"] == "name_zh"
    assert await register.announced(EnterpriseRecorded) == []
    assert (await register.get("/v1/enterprises"))["items"] == []


async def test_good_rows_are_taken_though_others_are_bad(register: Register) -> None:
    report = await imported(register, CSV.encode())

    assert (report["created"], report["rejected"]) == (2, 3)
    assert (await register.get(f"/v1/enterprises/{FIRST}"))["aliases"] == ["虎门服饰", "HM"]
    assert len(await register.announced(EnterpriseRecorded)) == 2


async def test_a_file_sent_again_changes_nothing(register: Register) -> None:
    await imported(register, CSV.encode())

    report = await imported(register, CSV.encode())

    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 2)
    assert len(await register.announced(EnterpriseRecorded)) == 2


async def test_what_differs_is_updated_and_empty_cells_change_nothing(register: Register) -> None:
    await register.post("/v1/enterprises", an_enterprise(FIRST, name_en="Kept", aliases=["留下"]))
    sheet = f"统一社会信用代码,企业名称,行政区划代码,英文名称\n{FIRST},新名称,441900121,\n"

    report = await imported(register, sheet.encode("gb18030"))

    assert report["updated"] == 1
    enterprise = await register.get(f"/v1/enterprises/{FIRST}")
    assert (enterprise["name_zh"], enterprise["name_en"]) == ("新名称", "Kept")
    assert (enterprise["aliases"], enterprise["version"]) == (["留下"], 2)


async def test_a_workbook_is_as_good_as_a_csv(register: Register) -> None:
    columns = ["统一社会信用代码", "企业名称", "行政区划代码", "备注"]
    rows: list[dict[str, tabular.Cell]] = [
        {
            "统一社会信用代码": FIRST,
            "企业名称": "东莞市虎门服饰有限公司",
            "行政区划代码": 441900121,
            "备注": "不相干的一列",
        }
    ]

    report = await imported(register, tabular.write_xlsx(columns, rows), tabular.XLSX)

    assert report["created"] == 1
    assert (await register.get(f"/v1/enterprises/{FIRST}"))["region_code"] == "441900121"


async def test_an_odd_inner_check_character_is_a_warning(embedded_register: Register) -> None:
    stem = "91441900MA4XDG010"
    odd = stem + credit_code.check_character(stem)
    sheet = f"uscc,name_zh,region_code\n{odd},虎门服装协会,441900121\n"

    report = await imported(embedded_register, sheet.encode())

    [row] = report["rows"]
    assert row["outcome"] == "created"
    assert [warning["code"] for warning in row["warnings"]] == ["organisation_check"]


async def test_a_file_of_eight_mebibytes_is_taken_and_no_more(embedded_register: Register) -> None:
    rows = b"uscc,name_zh,region_code\n" + (b"x" * 199 + b"\n") * 20_000

    report = await imported(embedded_register, rows, dry_run=True)
    problem = await embedded_register.refused(
        "POST",
        "/v1/enterprises:import",
        content=rows * 3,
        headers={"Content-Type": tabular.CSV},
    )

    assert report["rejected"] == 20_000
    assert problem["code"] == "content_too_large"
    assert "8388608 bytes" in problem["detail"]


async def test_a_file_that_is_no_table_is_refused_whole(embedded_register: Register) -> None:
    async def refusal(content: bytes, media_type: str) -> Any:
        return await embedded_register.refused(
            "POST",
            "/v1/enterprises:import",
            content=content,
            headers={"Content-Type": media_type},
        )

    assert (await refusal(b"PK", tabular.XLSX))["code"] == "table_unreadable"
    assert (await refusal(b"", tabular.CSV))["code"] == "table_unreadable"
    assert (await refusal(b"{}", "application/json"))["status"] == 415
