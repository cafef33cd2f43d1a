"""The vectors of docs/reference/wire.md."""

import pytest

from carrier.wire.attributes import decode, encode
from carrier.wire.ids import digest, lane_of, output_id


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("/storefront", "4711"), "yHHDbPLSW55smJvHfOoWVx"),
        (("/zürich", "ø-1"), "A8LjbbZ5FgaiVNyIH4P9SC"),
        (("/storefront", "4711", "order.placed.v1"), "XDuQ4X2S-3RqTd22alMg37"),
        (("/storefront", "4711", "payments__authorize"), "C0UBTMYwzrKUkNP9ViqcZl"),
    ],
)
def test_an_id_is_the_digest_of_its_parts(parts: tuple[str, ...], expected: str) -> None:
    assert digest(*parts) == expected


def test_an_output_without_a_key_has_an_empty_one() -> None:
    expected = "ylhkmWIMPXbsy8q5EC2wg8"
    assert output_id("/storefront", "4711", "payments__authorize", "payment.authorized.v1") == expected


@pytest.mark.parametrize(
    ("key", "lane"),
    [("", 0), ("a", 3), ("123456789", 6), ("4711", 23), ("order-1", 15), ("zürich", 2), ("京都", 9), ("👍", 16)],
)
def test_the_lane_is_the_checksum_of_the_key(key: str, lane: int) -> None:
    assert lane_of(key, 32) == lane


@pytest.mark.parametrize(
    ("value", "header"),
    [("plain/~!", "plain/~!"), ('a "b" %', "a%20%22b%22%20%25"), ("zürich", "z%C3%BCrich"), ("\ud800", "%EF%BF%BD")],
)
def test_an_attribute_is_percent_encoded(value: str, header: str) -> None:
    assert encode(value) == header


@pytest.mark.parametrize(
    ("header", "value"),
    [("z%c3%bcrich", "zürich"), ('"a \\"b\\""', 'a "b"'), ("100% sure", "100% sure"), ("%ff", None), ('"', '"')],
)
def test_an_attribute_is_decoded_once(header: str, value: str | None) -> None:
    assert decode(header) == value
