"""Written by scripts/models.py from contracts.lock."""

from __future__ import annotations

from typing import Any
from pydantic import BaseModel, Field, RootModel


class Model(RootModel[Any]):
    root: Any


class Address(BaseModel):
    street: str = Field(..., examples=["1 Main Street"], max_length=200, min_length=1)
    city: str = Field(..., examples=["Springfield"], max_length=100, min_length=1)
    postalCode: str = Field(..., examples=["12345"], max_length=20, min_length=1)
    country: str = Field(..., examples=["US"])


class ParcelCollected(BaseModel):
    """
    The carrier fetched a parcel from whoever sends it.
    """

    orderId: str = Field(
        ...,
        examples=["o-1001"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    parcelId: str = Field(
        ...,
        examples=["par-1"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    depot: str = Field(..., examples=["north"], max_length=100, min_length=1)
    deliverTo: Address


class ParcelConsigned(BaseModel):
    """
    A labelled parcel of a fulfilment was given to a carrier.
    """

    orderId: str = Field(
        ...,
        examples=["o-1001"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    parcelId: str = Field(
        ...,
        examples=["box-1"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    labelNumber: str = Field(..., examples=["lbl-1"], pattern="^[A-Za-z0-9_-]{1,64}$")
    recipient: str = Field(
        ...,
        examples=["Ada Example"],
        json_schema_extra={"x-troupe-sensitive": True},
        max_length=200,
        min_length=1,
    )
    deliverTo: Address


class ParcelDelivered(BaseModel):
    """
    A parcel was handed to whoever it is for.
    """

    orderId: str = Field(
        ...,
        examples=["o-1001"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    parcelId: str = Field(
        ...,
        examples=["par-1"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )


class Customer(BaseModel):
    name: str = Field(
        ...,
        examples=["Ada Example"],
        json_schema_extra={"x-troupe-sensitive": True},
        max_length=200,
        min_length=1,
    )
    email: str = Field(
        ...,
        examples=["ada@example.com"],
        json_schema_extra={"x-troupe-sensitive": True},
        max_length=254,
    )


class Item(BaseModel):
    sku: str = Field(
        ..., examples=["TENT-2P"], pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
    )
    quantity: int = Field(..., examples=[1], ge=1, le=10000000000)


class ItemList(RootModel[list]):
    root: list


class ParcelDispatched(BaseModel):
    """
    A warehouse handed its part of an order to a carrier.
    """

    orderId: str = Field(
        ...,
        examples=["o-1001"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    parcelId: str = Field(..., examples=["par-1"], pattern="^[A-Za-z0-9_-]{1,64}$")
    warehouse: str = Field(..., examples=["east"], pattern="^[a-z][a-z0-9-]{0,31}$")
    carrier: str = Field(
        ..., examples=["Northbound Freight"], max_length=100, min_length=1
    )
    customer: Customer
    deliverTo: Address
    lines: list[Item | ItemList] = Field(..., max_length=10000, min_length=1)


class ParcelReturned(BaseModel):
    """
    A parcel could not be handed over and went back to whoever sent it.
    """

    orderId: str = Field(
        ...,
        examples=["o-1001"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    parcelId: str = Field(
        ...,
        examples=["par-1"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    reason: str = Field(
        ..., examples=["address-unknown"], pattern="^[a-z][a-z0-9-]{0,63}$"
    )


class ParcelSorted(BaseModel):
    """
    A depot sorted a parcel onto the route that brings it.
    """

    orderId: str = Field(
        ...,
        examples=["o-1001"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    parcelId: str = Field(
        ...,
        examples=["par-1"],
        json_schema_extra={"x-troupe-business-key": True},
        pattern="^[A-Za-z0-9_-]{1,64}$",
    )
    route: str = Field(..., examples=["US-12345"], max_length=100, min_length=1)
    deliverTo: Address
