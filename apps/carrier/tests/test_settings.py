"""The environment, and all that is wrong with it at once."""

from pathlib import Path

import pytest

from carrier.errors import SettingError
from carrier.settings import read_settings

SEED = "SU" + "A" * 56


def test_has_defaults_for_everything() -> None:
    settings = read_settings({"PORT": "", "LOG_LEVEL": " "})
    assert settings.servers == ("nats://127.0.0.1:4222",)
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 3009, "info")
    assert (settings.prefix, settings.create, settings.api_prefix) == ("", True, "$JS.API")
    assert (settings.grace, settings.work, settings.traced, settings.nkey_file) == (10, 0, False, None)
    assert (settings.tls, settings.ca_file) == (False, None)


def test_takes_credentials_out_of_addresses() -> None:
    settings = read_settings({"NATS_URL": "nats://ada:p%40ss@one:4223, tls://two"})
    assert settings.servers == ("nats://one:4223", "tls://two:4222")
    assert settings.login == {"user": "ada", "password": "p@ss"}
    assert read_settings({"NATS_URL": "nats://t0ken@one"}).login == {"token": "t0ken"}


def test_names_every_wrong_value(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.nk"
    wrong.write_text("SA nothing")
    with pytest.raises(SettingError) as caught:
        read_settings(
            {
                "NATS_URL": "nats://ada:secret@",
                "TROUPE_PREFIX": "evt",
                "TROUPE_TOPOLOGY": "change",
                "TROUPE_API_PREFIX": "a.>",
                "TROUPE_SHUTDOWN_GRACE_MS": "1s",
                "CARRIER_WORK_MS": "-1",
                "NATS_NKEY_FILE": str(wrong),
                "NATS_CA_FILE": str(wrong),
                "PORT": "65536",
                "LOG_LEVEL": "loud",
                "OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318",
                "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
            }
        )
    named = [problem.partition(" ")[0].rstrip(":") for problem in caught.value.problems]
    assert sorted(named) == sorted(
        [
            "CARRIER_WORK_MS",
            "LOG_LEVEL",
            "NATS_CA_FILE",
            "NATS_NKEY_FILE",
            "NATS_URL",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "PORT",
            "TROUPE_API_PREFIX",
            "TROUPE_PREFIX",
            "TROUPE_SHUTDOWN_GRACE_MS",
            "TROUPE_TOPOLOGY",
        ]
    )
    assert "secret" not in str(caught.value)


def test_an_nkey_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        read_settings({"NATS_NKEY_FILE": str(tmp_path / "none.nk")})
    seed = tmp_path / "carrier.nk"
    seed.write_text(f"{SEED}\n")
    assert read_settings({"NATS_NKEY_FILE": str(seed)}).nkey_file == str(seed)


def test_traces_where_there_is_an_endpoint() -> None:
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
    assert read_settings(endpoint).traced
    assert not read_settings({**endpoint, "OTEL_SDK_DISABLED": "true"}).traced
