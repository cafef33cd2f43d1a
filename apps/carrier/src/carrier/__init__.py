"""A carrier: brings parcels to whoever they are for."""

APP = "carrier"
VERSION = "0.1.0"
