"""What the environment says about this process; docs/reference/configuration.md has the table."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from carrier.errors import SettingError
from carrier.logs import LEVELS
from carrier.wire.names import KINDS, is_name

MODES = ("create", "verify")
REPLICAS = ("1", "3", "5")


@dataclass(frozen=True)
class Settings:
    servers: tuple[str, ...]
    """`nats://host:port` or `tls://host:port`, without credentials."""
    login: Mapping[str, str]
    """`user` and `password`, or `token`, of the first address that has any."""
    prefix: str
    replicas: int
    """Copies that a cluster keeps of what is made in it."""
    create: bool
    """Whether missing streams and consumers are made, or their being there is verified."""
    nkey_file: str | None
    tls: bool
    """Whether nothing but TLS is spoken: with certificates, or an address `tls://…`."""
    ca_file: str | None
    """Certificates of which one signed the broker's; None for those of the system."""
    api_prefix: str
    host: str
    port: int
    log_level: str
    grace: float
    """Seconds that handlers may go on when the process stops."""
    work: float
    """Seconds that each step pretends to work."""
    traced: bool
    measured: bool


def read_settings(variables: Mapping[str, str]) -> Settings:
    """An empty variable counts as unset. Raises SettingError naming every variable with a wrong value."""
    read = _Reading(variables)
    servers, login = read.servers("NATS_URL", "nats://127.0.0.1:4222")
    ca_file = read.certificates("NATS_CA_FILE")
    settings = Settings(
        servers=servers,
        login=login,
        prefix=read.prefix("TROUPE_PREFIX"),
        replicas=int(read.one_of("TROUPE_REPLICAS", REPLICAS, "1")),
        create=read.one_of("TROUPE_TOPOLOGY", MODES, "create") == "create",
        nkey_file=read.seed("NATS_NKEY_FILE"),
        tls=ca_file is not None or any(server.startswith("tls:") for server in servers),
        ca_file=ca_file,
        api_prefix=read.subject("TROUPE_API_PREFIX", "$JS.API"),
        host=read.text("HOST") or "127.0.0.1",
        port=read.whole("PORT", 65_535, 3009),
        log_level=read.one_of("LOG_LEVEL", tuple(LEVELS), "info"),
        grace=read.whole("TROUPE_SHUTDOWN_GRACE_MS", 3_600_000, 10_000) / 1000,
        work=read.whole("CARRIER_WORK_MS", 3_600_000, 0) / 1000,
        traced=read.traced(),
        measured=not read.disabled,
    )
    if read.problems:
        raise SettingError(read.problems)
    return settings


class _Reading:
    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        return self._variables.get(name, "").strip()

    def whole(self, name: str, most: int, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if re.fullmatch(r"[0-9]{1,10}", value) and int(value) <= most:
            return int(value)
        self._refuse(f'{name} is "{value}", but must be a whole number from 0 to {most}.')
        return default

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name) or default
        if value not in allowed:
            self._refuse(f'{name} is "{value}", but must be one of {", ".join(allowed)}.')
        return value

    def prefix(self, name: str) -> str:
        value = self.text(name)
        if value in KINDS:
            self._refuse(f'{name} is "{value}", which begins the platform\'s own subjects; choose another one.')
        elif value and not is_name(value):
            self._refuse(f'{name} is "{value}", but must be lower case letters, digits and single dashes, 64 at most.')
        return value

    def subject(self, name: str, default: str) -> str:
        value = self.text(name) or default
        if not re.fullmatch(r"[^\s.*>]+(\.[^\s.*>]+)*", value):
            self._refuse(f'{name} is "{value}", but must be a subject such as $JS.API, without wildcards.')
        return value

    def seed(self, name: str) -> str | None:
        path = self.text(name)
        if not path:
            return None
        try:
            seed = Path(path).read_text()
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(f'{name} is "{path}", which cannot be read: {error}.')
            return path
        if not re.fullmatch(r"SU[A-Z2-7]{56}\s*", seed):
            self._refuse(f'{name} is "{path}", but that file is not the nkey seed of a user, which begins with SU.')
        return path

    def certificates(self, name: str) -> str | None:
        path = self.text(name)
        if not path:
            return None
        try:
            ssl.create_default_context(cafile=path)
        except ssl.SSLError:
            self._refuse(f'{name} is "{path}", but that file holds no certificate in PEM.')
        except OSError as error:
            self._refuse(f'{name} is "{path}", which cannot be read: {error}.')
        return path

    def servers(self, name: str, default: str) -> tuple[tuple[str, ...], dict[str, str]]:
        addresses = [one.strip() for one in (self.text(name) or default).split(",") if one.strip()]
        if not addresses:
            self._refuse(f"{name} has no address.")
        parsed = [self._server(name, address) for address in addresses]
        login = next((login for _, login in parsed if login), {})
        return tuple(url for url, _ in parsed), login

    @property
    def disabled(self) -> bool:
        return self.text("OTEL_SDK_DISABLED").lower() == "true"

    def traced(self) -> bool:
        if self.disabled:
            return False
        names = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        for name in names:
            if self.text(name) and not re.match(r"https?://", self.text(name)):
                self._refuse(f'{name} is "{self.text(name)}", but must be an http:// or https:// URL.')
        for name in ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"):
            self.one_of(name, ("http/json", "http/protobuf"), "http/protobuf")
        return any(self.text(name) for name in names)

    def _server(self, name: str, address: str) -> tuple[str, dict[str, str]]:
        try:
            url = urlsplit(address if "://" in address else f"nats://{address}")
            host, port = url.hostname, url.port or 4222
        except ValueError:
            host, port = None, 0
        if not host or url.scheme not in ("nats", "tls"):
            shown = re.sub(r"^(.*//)?.*@", r"\1***@", address)
            self._refuse(f'{name}: "{shown}" is no address of a broker; it is written as nats://127.0.0.1:4222.')
            return address, {}
        shown = f"[{host}]" if ":" in host else host
        user = unquote(url.username or "")
        if url.password is not None:
            return f"{url.scheme}://{shown}:{port}", {"user": user, "password": unquote(url.password)}
        return f"{url.scheme}://{shown}:{port}", {"token": user} if user else {}

    def _refuse(self, problem: str) -> None:
        self.problems.append(problem)
