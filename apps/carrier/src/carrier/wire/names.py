"""Every name in the broker that the carrier uses or gives."""

import re
from dataclasses import dataclass

KINDS = ("evt", "cmd", "rdv", "sch", "dlq", "ntc", "ins")
LONGEST_NAME = 64


def is_name(text: str) -> bool:
    return len(text) <= LONGEST_NAME and re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) is not None


@dataclass(frozen=True)
class Names:
    """Names of one app. With a prefix, several environments share one broker."""

    app: str
    prefix: str = ""

    @property
    def _token(self) -> str:
        return f"{self.prefix}." if self.prefix else ""

    @property
    def _stream_prefix(self) -> str:
        return f"{self.prefix}_" if self.prefix else ""

    @property
    def events(self) -> str:
        return f"{self._stream_prefix}EVENTS"

    @property
    def dead_letters(self) -> str:
        return f"{self._stream_prefix}DEAD_LETTERS"

    @property
    def notices(self) -> str:
        return f"{self._stream_prefix}NOTICES"

    @property
    def delayed(self) -> str:
        return f"{self._stream_prefix}DELAYED_{self.app}"

    def all(self, kind: str) -> str:
        return f"{self._token}{kind}.>"

    def own(self, kind: str) -> str:
        """All of a kind that are the app's own: `rdv.<app>.>`."""
        return f"{self._token}{kind}.{self.app}.>"

    def event(self, contract: str) -> str:
        """`evt.<domain>.<name>.v<major>`, to which a lane is added."""
        return f"{self._token}evt.{contract}"

    def redrive(self, step: str) -> str:
        """Where one step's redrives and delayed retries arrive, without the lane."""
        return f"{self._token}rdv.{self.app}.{step}"

    def schedule(self, unique: str) -> str:
        return f"{self._token}sch.{self.app}.{unique}"

    def dead_letter(self, step: str) -> str:
        return f"{self._token}dlq.{self.app}.{step}"

    def notice(self, kind: str, step: str) -> str:
        return f"{self._token}ntc.{kind}.{self.app}.{step}"

    def step(self, step: str) -> str:
        """`<app>__<step>`: the step's durable name."""
        return f"{self.app}__{step}"

    def durable(self, step: str, contract: str) -> str:
        return f"{self.step(step)}__{contract.replace('.', '_')}"
