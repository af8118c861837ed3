"""What the demonstration needs in registry and metrics before its orders: made once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuanqu import credentials, profiles
from yuanqu.api import Api
from yuanqu.credentials import Credential
from yuanqu.demo import people, places
from yuanqu.demo.people import Firm
from yuanqu.failures import Failure, Refused

CONFLICT = 409
BATCH_ITEMS = 500
THERE_ALREADY = {"enterprise_exists", "tenancy_open", "tenancy_overlaps", "authorisation_exists"}
REMOVAL = "the demonstration was removed"
RETURN = "the demonstration is loaded again"

RATES: tuple[dict[str, Any], ...] = (
    {
        "period": "2013-YTD-11",
        "rate": "6.0722",
        "kind": "press_spot",
        "published_on": "2013-12-24",
        "source": "implied by the report: 1.75 tn yuan are US$288.2 bn",
    },
    {
        "period": "2017-04-25",
        "rate": "6.88454",
        "kind": "press_spot",
        "published_on": "2017-04-25",
        "source": "implied by the report on Hangzhou: 1 m yuan recovered are US$145,253",
    },
    {
        "period": "2015",
        "rate": "6.2284",
        "kind": "year_avg",
        "published_on": "2016-02-29",
        "source": "annual average as commonly quoted; not confirmed by a published source",
    },
    {
        "period": "2016",
        "rate": "6.6423",
        "kind": "year_avg",
        "published_on": "2017-02-28",
        "source": "annual average as commonly quoted; not confirmed by a published source",
    },
)


@dataclass(frozen=True, slots=True)
class Register:
    """The records of the demonstration, reached as an operator."""

    api: Api
    told: Callable[[str], None]

    def fill(self, firms: Sequence[Firm]) -> None:
        """Make everything that is not there, and bring back what was archived."""
        self._platforms()
        self._parks()
        self._enterprises(firms)
        tenancies = [tenancy for firm in firms if (tenancy := firm.tenancy())]
        self._batch("tenancies", tenancies)
        authorisations = [each for firm in firms for each in firm.authorisations()]
        self._batch("authorisations", authorisations)
        self._plans()
        self._target()
        self._rates()

    def archive(self, firms: Sequence[Firm]) -> None:
        """Put everything away that can be put away; plans and rates stay as they were published."""
        target = self._present_target()
        if target is not None:
            path = f"/registry/v1/targets/{target['id']}:withdraw"
            self.api.post(path, {"reason": REMOVAL})
        for firm in firms:
            self._restate(f"/registry/v1/enterprises/{firm.uscc}", "archived")
        for park in places.PARKS:
            self._park_status(park.code, "suspended", REMOVAL)
        for platform in people.PLATFORMS:
            self._restate(f"/registry/v1/platforms/{platform['code']}", "suspended")
        self.told(
            f"Archived {len(firms)} enterprises, {len(places.PARKS)} parks, platforms and target."
        )

    def _platforms(self) -> None:
        for platform in people.PLATFORMS:
            if not self._made("/registry/v1/platforms", platform):
                self._restate(f"/registry/v1/platforms/{platform['code']}", "active")
        self.told(f"{len(people.PLATFORMS)} platforms")

    def _parks(self) -> None:
        for park in places.PARKS:
            if not self._made("/registry/v1/parks", park.body()):
                self._park_status(park.code, "operating", RETURN)
        self.told(f"{len(places.PARKS)} parks")

    def _enterprises(self, firms: Sequence[Firm]) -> None:
        known = self._batch("enterprises", [firm.body() for firm in firms])
        for number in known:
            self._restate(f"/registry/v1/enterprises/{firms[number].uscc}", "active")

    def _plans(self) -> None:
        for plan, nodes in places.plans():
            self._made("/registry/v1/cluster-plans", plan)
            path = f"/registry/v1/cluster-plans/{plan['code']}"
            answer = self.api.request("GET", path)
            if answer.json()["published_version"]:
                continue
            self.api.put(f"{path}/draft", {"nodes": nodes}, if_match=answer.headers["etag"])
            self.api.post(f"{path}:publish", {})
        self.told(f"{len(places.plans())} cluster plans")

    def _target(self) -> None:
        if self._present_target() is None:
            self.api.post("/registry/v1/targets", places.target())
        self.told("Pazhou's target")

    def _present_target(self) -> dict[str, Any] | None:
        wanted = places.target()
        asked = {
            "plan": wanted["plan_code"],
            "node": wanted["node_code"],
            "year": wanted["year"],
            "status": "active",
        }
        found = self.api.pages("/registry/v1/targets", asked)
        return next((each for each in found if each["measure"] == wanted["measure"]), None)

    def target_id(self) -> str:
        """The id of Pazhou's target."""
        target = self._present_target()
        if target is None:
            raise Failure("Pazhou has no target", next_step="Run `yuanqu demo` again.")
        return str(target["id"])

    def _rates(self) -> None:
        for rate in RATES:
            self._made("/metrics/v1/exchange-rates", {"base": "USD", "quote": "CNY", **rate})
        self.told(f"{len(RATES)} exchange rates")

    def _made(self, path: str, body: dict[str, Any]) -> bool:
        """Whether it is new; False when it was there."""
        try:
            self.api.post(path, body)
        except Refused as refused:
            if refused.status != CONFLICT:
                raise
            return False
        return True

    def _batch(self, noun: str, bodies: list[dict[str, Any]]) -> list[int]:
        """Register many at once; the numbers of those that were there."""
        known: list[int] = []
        for start in range(0, len(bodies), BATCH_ITEMS):
            items = bodies[start : start + BATCH_ITEMS]
            outcome = self.api.post(f"/registry/v1/{noun}:batch", {"items": items})
            for item in outcome["items"]:
                if item["code"] in THERE_ALREADY:
                    known.append(start + item["index"])
                elif item["code"]:
                    raise Failure(
                        f"The demonstration's {noun} were refused: {item['code']}",
                        str(item["detail"]),
                        document=outcome,
                    )
        self.told(f"{len(bodies)} {noun}")
        return known

    def _restate(self, path: str, status: str) -> None:
        if self.api.get(path)["status"] != status:
            self.api.change(path, {"status": status})

    def _park_status(self, code: str, status: str, reason: str) -> None:
        path = f"/registry/v1/parks/{code}"
        if self.api.get(path)["status"] != status:
            self.api.post(f"{path}:change-status", {"status": status, "reason": reason})


@dataclass(frozen=True, slots=True)
class PlatformKeys:
    """The credentials of the demonstration's platforms, kept 0600 for the next time."""

    operator: Api
    folder: Path

    def of(self, platform: str) -> Credential:
        """The kept one if it is still good, else a new one."""
        path = self.folder / f"{platform}.json"
        if path.exists():
            kept = credentials.read(path).at(self.operator.credential.address)
            if _is_good(kept):
                credentials.write(path, kept)
                return kept
        issued = self.operator.post(
            "/registry/v1/clients",
            {
                "name": f"{platform} (demonstration)",
                "scopes": list(people.CLIENT_SCOPES),
                "platform_code": platform,
            },
        )
        made = Credential(
            self.operator.credential.address, issued["client_id"], issued["client_secret"], path
        )
        credentials.write(path, made)
        return made

    def revoke(self, platforms: Iterable[str]) -> None:
        """Take the access back and forget the secrets."""
        for platform in platforms:
            path = self.folder / f"{platform}.json"
            if not path.exists():
                continue
            client_id = credentials.read(path).client_id
            try:
                self.operator.post(f"/registry/v1/clients/{client_id}:revoke", {"reason": REMOVAL})
            except Refused as refused:
                if refused.status not in {404, CONFLICT}:
                    raise
            path.unlink()


def keys_folder(operator: Credential) -> Path:
    """Beside the local operator's credential, else with this person's profiles."""
    found = operator.found_in
    if found is not None and found.name == credentials.OPERATOR_FILE:
        return found.parent / credentials.PROFILES_FOLDER
    return profiles.home()


def _is_good(kept: Credential) -> bool:
    try:
        with Api(kept) as api:
            api.sign_in()
    except Refused:
        return False
    return True
