"""Every environment variable and the tenants file, read once; all faults are reported together.

Only `app` and `commands` call this. Secrets in the tenants file are references:
`env:NAME` or `file:PATH`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from service.errors import InvalidSettings
from service.tenant import Tenant
from service.tenants_file import read_tenants

MIN_SECRET_KEY_LENGTH = 32


@dataclass(frozen=True)
class Settings:
    """The whole configuration of one process.

    `secret_keys` is a ring: the first signs tokens, all verify them.
    """

    tenants: Mapping[str, Tenant]
    data_dir: Path
    secret_keys: tuple[str, ...] = field(repr=False)
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    metrics_token: str | None = field(default=None, repr=False)
    allow_http_upstream: bool = False

    @property
    def state_url(self) -> str:
        """SQLAlchemy address of the state store; SQLite in the data folder unless set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'state.db'}"

    def make_data_dir(self) -> None:
        """Make the data folder unless it is there. Raises: InvalidSettings when nobody can."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as trouble:
            said = f"P13N_DATA_DIR: {self.data_dir} cannot be made ({trouble.strerror})."
            raise InvalidSettings([said]) from trouble


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that `environment` describes.

    Raises: InvalidSettings with every problem, one sentence each.
    """
    problems: list[str] = []
    allow_http = environment.get("P13N_ALLOW_HTTP_UPSTREAM") == "1"
    settings = Settings(
        tenants=_tenants(environment, allow_http, problems),
        data_dir=Path(environment.get("P13N_DATA_DIR", "data")),
        secret_keys=_secret_keys(environment, problems),
        database_url=_database_url(environment, problems),
        redis_url=environment.get("P13N_REDIS_URL") or None,
        metrics_token=environment.get("P13N_METRICS_TOKEN") or None,
        allow_http_upstream=allow_http,
    )
    if problems:
        raise InvalidSettings(problems)
    return settings


def _tenants(environment, allow_http: bool, problems: list[str]) -> dict[str, Tenant]:
    path, text = environment.get("P13N_TENANTS"), environment.get("P13N_TENANTS_TOML")
    if not path and not text:
        problems.append("P13N_TENANTS is not set. It names the TOML file of tenants.")
        return {}
    source = path or "P13N_TENANTS_TOML"
    try:
        document = tomllib.loads(Path(path).read_text(encoding="utf-8") if path else text)
    except OSError as trouble:
        problems.append(f"P13N_TENANTS: {path} cannot be read ({trouble.strerror}).")
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        problems.append(f"P13N_TENANTS: {source} is not TOML: {trouble}.")
        return {}
    return read_tenants(document, environment, allow_http, problems)


def _secret_keys(environment, problems: list[str]) -> tuple[str, ...]:
    ring = tuple(key for key in environment.get("P13N_SECRET_KEY", "").split(",") if key)
    if not ring:
        problems.append(
            "P13N_SECRET_KEY is not set. It signs tokens; make one with: openssl rand -hex 32"
        )
    for position, key in enumerate(ring, start=1):
        if len(key) < MIN_SECRET_KEY_LENGTH:
            problems.append(
                f"P13N_SECRET_KEY: key {position} has fewer than {MIN_SECRET_KEY_LENGTH} letters."
            )
    return ring


def _database_url(environment, problems: list[str]) -> str | None:
    """Accept what platforms hand out (postgres://...) and name the driver we ship.

    A Heroku dyno, known by DYNO, is told its database in DATABASE_URL; its disk is thrown away.
    """
    is_dyno = bool(environment.get("DYNO"))
    url = environment.get("P13N_DATABASE_URL") or (is_dyno and environment.get("DATABASE_URL"))
    if not url:
        if is_dyno:
            problems.append(
                "DATABASE_URL is not set. A dyno needs PostgreSQL, because its disk is thrown "
                "away every day: heroku addons:create heroku-postgresql"
            )
        return None
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite":
        return url
    problems.append("P13N_DATABASE_URL must begin with postgresql:// or sqlite://.")
    return None
