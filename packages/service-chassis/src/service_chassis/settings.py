"""What an operator may set: environment variables that begin with ``YUANQU_``.

Every setting also exists as ``<NAME>_FILE``: the path of a file that holds the value, as container
platforms mount their secrets. Nothing is read at import; a process makes ``Settings()`` at its
start.
"""

import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "YUANQU_"
DATABASE_URL = "_DATABASE_URL"
SHORTEST_SECRET = 32
SHORTEST_PASSWORD = 16
"""A database counts failed logins and lies behind the network; a secret of the API does not."""
FEWEST_DISTINCT = 8


class Settings(BaseSettings):
    """The settings every service shares."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", env_ignore_empty=True, frozen=True
    )

    data_dir: Path = Path("./var")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    telemetry_host: str = "127.0.0.1"
    telemetry_port: int = Field(default=0, ge=0, le=65535, description="0 serves no telemetry.")
    bus_url: str = "in-process://"
    database_urls: dict[str, str] = Field(
        default_factory=dict, description="By service; from YUANQU_<SERVICE>_DATABASE_URL."
    )

    secret: SecretStr | None = Field(
        default=None,
        description="Signs page tokens. Processes that answer for the same service need the same.",
    )
    operator_secret: SecretStr | None = None
    allow_weak_secrets: bool = Field(
        default=False, description="For a demonstration that nobody else can reach."
    )
    token_lifetime_seconds: int = Field(default=900, ge=60, le=86_400)

    log_level: str = "INFO"
    rate_limit_per_second: float = Field(
        default=500.0, ge=0, description="Requests a client may send every second; 0 is no limit."
    )
    rate_limit_burst: int = Field(default=1000, ge=1)
    max_body_bytes: int = Field(default=1_048_576, ge=1024)

    oidc_issuer: str | None = None
    oidc_jwks_url: str | None = None
    oidc_audience: str = "yuanqu"

    @model_validator(mode="after")
    def refuse_weak_secrets(self) -> Self:
        """A secret that can be guessed stops the start."""
        if not self.allow_weak_secrets and (found := list(self.weak_secrets())):
            raise ValueError("; ".join(found))
        return self

    def weak_secrets(self) -> Iterator[str]:
        """A sentence for each secret that can be guessed; none tells the secret."""
        for name, secret in (("SECRET", self.secret), ("OPERATOR_SECRET", self.operator_secret)):
            if secret is not None and (why := weakness(secret.get_secret_value(), SHORTEST_SECRET)):
                yield f"{PREFIX}{name} {why}"
        for service, url in self.database_urls.items():
            password = urlsplit(url).password
            if password is not None and (why := weakness(unquote(password), SHORTEST_PASSWORD)):
                variable = service.upper().replace("-", "_")
                yield f"the password in {PREFIX}{variable}{DATABASE_URL} {why}"

    def database_url(self, service_name: str) -> str:
        """The database of one service; without a setting, a SQLite file in the data folder."""
        if configured := self.database_urls.get(service_name):
            return configured
        return f"sqlite+aiosqlite:///{self.data_dir / service_name}.db"

    @cached_property
    def signing_key(self) -> bytes:
        """What page tokens are signed with: ``YUANQU_SECRET``, else one kept in the data folder."""
        if self.secret is not None:
            return self.secret.get_secret_value().encode()
        return kept_secret(self.data_dir / "secret").encode()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        return (
            init_settings,
            DatabaseUrls(settings_cls),
            env_settings,
            FilesNamedInEnvironment(settings_cls),
        )


class FilesNamedInEnvironment(PydanticBaseSettingsSource):
    """``YUANQU_SECRET_FILE=/run/secrets/secret`` gives the setting ``secret``."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        value = value_or_file(os.environ, f"{PREFIX}{field_name.upper()}")
        return value, field_name, self.field_is_complex(field)

    def __call__(self) -> dict[str, Any]:
        found = {
            name: value_or_file(os.environ, f"{PREFIX}{name.upper()}")
            for name in self.settings_cls.model_fields
            if f"{PREFIX}{name.upper()}_FILE" in os.environ
        }
        return {name: value for name, value in found.items() if value is not None}


class DatabaseUrls(PydanticBaseSettingsSource):
    """``YUANQU_LIVESTREAM_SUPPLY_DATABASE_URL`` is the database of ``livestream-supply``."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        del field
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        urls = {}
        for variable in os.environ:
            name = variable.removesuffix("_FILE")
            if name.startswith(PREFIX) and name.endswith(DATABASE_URL):
                service = name[len(PREFIX) : -len(DATABASE_URL)].lower().replace("_", "-")
                if url := value_or_file(os.environ, name):
                    urls[service] = url
        return {"database_urls": urls} if urls else {}


def value_or_file(environment: Mapping[str, str], name: str) -> str | None:
    """Read ``name``, or the first line of the file that ``name_FILE`` points to."""
    if value := environment.get(name):
        return value
    if path := environment.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return None


def weakness(secret: str, shortest: int) -> str | None:
    """Why a secret can be guessed, in words that do not tell it; None when it is good."""
    if len(secret) < shortest:
        return f"has {len(secret)} characters, at least {shortest} are needed"
    if len(set(secret)) < FEWEST_DISTINCT:
        return f"repeats itself: at least {FEWEST_DISTINCT} different characters are needed"
    if "changeme" in secret.lower().replace("-", "").replace("_", ""):
        return "is a placeholder"
    return None


def kept_secret(path: Path) -> str:
    """Read the secret at ``path``; whoever asks first creates it, for the owner's eyes only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp makes it 0600; a hard link appears whole, and fails if another was quicker.
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(48))
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    return path.read_text(encoding="utf-8").strip()
