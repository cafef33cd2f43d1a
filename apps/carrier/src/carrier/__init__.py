"""A carrier: brings parcels to whoever they are for."""

from importlib.metadata import version

APP = "carrier"
VERSION = version("carrier")
