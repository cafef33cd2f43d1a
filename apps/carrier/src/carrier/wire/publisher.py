"""Publishing to streams: stored, or an error; what passes is tried again with the same id."""

import asyncio
import json
import time
from dataclasses import dataclass

import nats.errors

from carrier.errors import (
    CarrierError,
    MessageTooLargeError,
    NoQuorumError,
    NoStreamError,
    PublishRefusedError,
    PublishTimeoutError,
    StreamFullError,
)
from carrier.wire.client import WireClient
from carrier.wire.copies import Outgoing
from carrier.wire.headers import Lines

FIRST_ATTEMPT = 2.0
RETRY = 0.1

# Codes of the broker, as its errors.json names them.
TOO_LARGE = (10054, 10097)
FULL = (10023, 10025)
PASSING = (10008, 10158, 10076, 10039)
STORE_FAILED = 10077


@dataclass(frozen=True)
class PubAck:
    """Where the message is stored; a duplicate is the earlier message's place."""

    stream: str
    seq: int
    duplicate: bool


async def publish(client: WireClient, message: Outgoing, within: float) -> PubAck:
    """Awaits the acknowledgement for so many seconds. Raises OutageError when trying later may help."""
    deadline = time.monotonic() + within
    attempt = FIRST_ATTEMPT
    last: CarrierError = PublishTimeoutError(
        f"No acknowledgement of a message on {message.subject} within {within:g} s."
    )
    while (left := deadline - time.monotonic()) > 0:
        if not client.is_connected and not client.is_closed:
            await asyncio.sleep(RETRY)
            continue
        try:
            body, status = await client.ask(message.subject, message.payload, min(attempt, left), Lines(message.lines))
        except nats.errors.MaxPayloadError:
            raise MessageTooLargeError(f"The broker does not take so large a message on {message.subject}.") from None
        except nats.errors.TimeoutError:
            attempt *= 2
            continue
        except nats.errors.Error as error:
            raise NoQuorumError(f"Cannot send on {message.subject}: {error}") from error
        answer = _read(body, status, message.subject)
        if isinstance(answer, PubAck):
            return answer
        if not isinstance(answer, (NoStreamError, NoQuorumError)):
            raise answer
        last = answer
        await asyncio.sleep(RETRY)
    raise last


def _read(body: bytes, status: str, subject: str) -> PubAck | CarrierError:
    if status == "503" or not body:
        return NoStreamError(f"No stream takes {subject}.")
    try:
        answer = json.loads(body)
        if "error" in answer:
            return _error(answer["error"], subject)
        return PubAck(str(answer["stream"]), int(answer["seq"]), answer.get("duplicate") is True)
    except (ValueError, KeyError, TypeError):
        return PublishRefusedError(
            f"The answer to a message on {subject} cannot be read: something else listens there."
        )


def _error(error: dict[str, object], subject: str) -> CarrierError:
    code, description = error.get("err_code"), str(error.get("description", ""))
    sentence = f"A message on {subject} is not stored: {description}"
    if code in TOO_LARGE:
        return MessageTooLargeError(sentence)
    if code in FULL or (code == STORE_FAILED and ("maximum bytes" in description or "maximum messages" in description)):
        return StreamFullError(sentence)
    if code in PASSING or code == STORE_FAILED or error.get("code") in (503, 429):
        return NoQuorumError(sentence)
    return PublishRefusedError(sentence)
