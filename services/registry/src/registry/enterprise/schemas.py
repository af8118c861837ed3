"""What callers send and see of enterprises."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from registry.batches import Batch
from registry.codes import Body, EnglishName, LongName, Reason, View, absent
from registry.credit_codes import AskedCreditCode, CreditCode
from registry.regions import RegionCode

EnterpriseStatus = Literal["active", "archived", "merged"]


def _once(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


Aliases = Annotated[list[LongName], Field(max_length=20), AfterValidator(_once)]

AN_EXAMPLE: dict[str, Any] = {
    "uscc": "91441900MA4XDG017F",
    "name_zh": "东莞市示例服饰有限公司",
    "name_en": "Dongguan Example Apparel Co., Ltd.",
    "aliases": ["示例服饰"],
    "region_code": "441900121",
}


class EnterpriseRegistration(Body):
    """An enterprise to register."""

    model_config = ConfigDict(json_schema_extra={"example": AN_EXAMPLE})

    uscc: CreditCode
    name_zh: LongName
    name_en: EnglishName | None = None
    aliases: Aliases = Field(default_factory=list, description="Brands and former names.")
    region_code: RegionCode = Field(description="Where it is, not where its code was given.")


class EnterpriseChange(Body):
    """What to change; members not sent stay as they are."""

    model_config = ConfigDict(json_schema_extra={"example": {"aliases": ["示例服饰", "示例"]}})

    name_zh: LongName = Field(default_factory=absent)
    name_en: EnglishName | None = Field(default_factory=absent)
    aliases: Aliases = Field(default_factory=absent)
    region_code: RegionCode = Field(default_factory=absent)
    status: Literal["active", "archived"] = Field(default_factory=absent)


class EnterpriseBatch(Batch):
    """Enterprises to register, each as in `POST /v1/enterprises`."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [AN_EXAMPLE]}})


class Merger(Body):
    """The enterprise that stays, and why the two are one."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"into": "91441900MA5HUM3N2E", "reason": "the same firm, registered anew"}
        }
    )

    into: AskedCreditCode
    reason: Reason


class DuplicateQuestion(Body):
    """An enterprise as somebody is about to register it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"uscc": "91441900MA4XDG017F", "name_zh": "示例服饰"}}
    )

    uscc: CreditCode | None = None
    name_zh: LongName
    name_en: EnglishName | None = None
    aliases: Aliases = Field(default_factory=list)


class EnterpriseView(View):
    """An enterprise."""

    uscc: str
    name_zh: str
    name_en: str | None
    aliases: list[str]
    region_code: str
    status: EnterpriseStatus
    merged_into: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class LikelyDuplicate(BaseModel):
    """An enterprise that may be the same, and what speaks for it."""

    enterprise: EnterpriseView
    likeness: str = Field(description="0.00 to 1.00: how much of the names they share.")
    reasons: list[Literal["same_code", "same_organisation", "same_name", "similar_name"]]


class DuplicateAnswer(BaseModel):
    """The likely duplicates, the likeliest first."""

    duplicates: list[LikelyDuplicate]


class RowFault(BaseModel):
    """What is wrong with a cell of a row."""

    column: str | None
    code: str
    detail: str


class RowReport(BaseModel):
    """What became of a row, or would become of it."""

    row: int = Field(description="The number of the row in the file; 1 is the heading.")
    uscc: str | None
    outcome: Literal["created", "updated", "unchanged", "rejected"]
    problems: list[RowFault] = Field(default_factory=list)
    warnings: list[RowFault] = Field(default_factory=list)


class ImportReport(BaseModel):
    """What became of every row; a dry run changes nothing."""

    dry_run: bool
    created: int
    updated: int
    unchanged: int
    rejected: int
    rows: list[RowReport]
