"""
What can go wrong. The codes are those of docs/reference/errors.md, so that a dead letter of the carrier reads as any
other.
"""

from collections.abc import Sequence

from carrier.wire.violation import Violation


class CarrierError(Exception):
    """A stable code, and a sentence that a person can act on."""

    code = ""


class SettingError(CarrierError):
    """The environment has wrong values, all of them named."""

    code = "TROUPE_SETTING"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class TopologyMissingError(CarrierError):
    """A stream or consumer is missing, and this app may only verify."""

    code = "TROUPE_TOPOLOGY_MISSING"


class TopologyMismatchError(CarrierError):
    """The broker's streams or consumers differ from what the carrier needs."""

    code = "TROUPE_TOPOLOGY_MISMATCH"


class ContractViolationError(CarrierError):
    """A message breaks its contract. Terminal: the same message breaks it again."""

    code = "TROUPE_CONTRACT_INVALID"

    def __init__(self, contract: str, violations: Sequence[Violation]) -> None:
        shown = "; ".join(f"{one.path or '/'} {one.message}" for one in violations[:5])
        super().__init__(f"{contract[:256]} breaks its contract: {shown}")
        self.violations = violations


class UndeclaredOutputError(CarrierError):
    """A handler returned what its step does not declare, or twice the same. Terminal: its code is wrong."""

    code = "TROUPE_OUTPUT_UNDECLARED"


class MessageTooLargeError(CarrierError):
    """The message is larger than the stream takes. It will never be stored as it is."""

    code = "TROUPE_MESSAGE_TOO_LARGE"


class HandlerTimeoutError(CarrierError):
    """A handler did not end in time."""

    code = "TROUPE_HANDLER_TIMEOUT"


class OutageError(CarrierError):
    """The broker does not take what is sent, whatever it is: no fault of the message."""


class PublishTimeoutError(OutageError):
    """No acknowledgement came in time. The message may be stored: trying again with the same id is safe."""

    code = "TROUPE_PUBLISH_TIMEOUT"


class NoStreamError(OutageError):
    """No stream takes the subject now."""

    code = "TROUPE_NO_STREAM"


class NoQuorumError(OutageError):
    """The stream cannot store the message now. Try again with the same id."""

    code = "TROUPE_NO_QUORUM"


class StreamFullError(OutageError):
    """The stream reached its limit and refuses new messages until it is pruned or enlarged."""

    code = "TROUPE_STREAM_FULL"


class PublishRefusedError(CarrierError):
    """The broker refused the message for a reason of its own."""

    code = "TROUPE_PUBLISH_REFUSED"


def error_type(error: BaseException) -> str:
    """What dead letters and telemetry call an error."""
    return error.code if isinstance(error, CarrierError) else type(error).__name__
