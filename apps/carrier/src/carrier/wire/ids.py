"""Ids that are derived, and the lane of a message: the same in every language."""

import base64
import hashlib
import zlib

LENGTH = 22  # 132 bits in base64url


def digest(*parts: str) -> str:
    """Each part stands behind its length in UTF-8 bytes, so that no two lists of parts give one text."""
    text = b"".join(b"%d:%s" % (len(part), part) for part in (part.encode() for part in parts))
    return base64.urlsafe_b64encode(hashlib.sha256(text).digest())[:LENGTH].decode()


def output_id(source: str, message_id: str, step: str, contract: str) -> str:
    """The id of a step's output, by content of the decision: a redelivered input gives the same ids."""
    return digest(source, message_id, step, contract, "")


def lane_of(partition_key: str, lanes: int) -> int:
    """CRC-32 (IEEE) of the key's UTF-8 bytes modulo the lane count."""
    return zlib.crc32(partition_key.encode()) % lanes
