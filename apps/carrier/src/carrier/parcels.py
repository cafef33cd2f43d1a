"""The carrier's work: three steps, choreographed by what each emits."""

import asyncio
from typing import Any

from pydantic import BaseModel

from carrier.contracts import (
    Address,
    ParcelCollected,
    ParcelConsigned,
    ParcelDelivered,
    ParcelDispatched,
    ParcelReturned,
    ParcelSorted,
)
from carrier.wire.contract import Contract
from carrier.wire.step import Handler, Step

DISPATCHED = Contract("parcel.dispatched.v1", ParcelDispatched)
CONSIGNED = Contract("parcel.consigned.v1", ParcelConsigned)
COLLECTED = Contract("parcel.collected.v1", ParcelCollected)
SORTED = Contract("parcel.sorted.v1", ParcelSorted)
DELIVERED = Contract("parcel.delivered.v1", ParcelDelivered)
RETURNED = Contract("parcel.returned.v1", ParcelReturned)

NOWHERE = "00000"
"""A postal code that no van goes to."""


async def collect(parcel: ParcelDispatched | ParcelConsigned) -> ParcelCollected:
    """Fetches a parcel from whoever sends it, into the depot of its region."""
    return ParcelCollected(
        orderId=parcel.orderId,
        parcelId=parcel.parcelId,
        depot=_depot(parcel.deliverTo),
        deliverTo=parcel.deliverTo,
    )


async def sort(parcel: ParcelCollected) -> ParcelSorted:
    """Sorts a parcel onto the route of the van that brings it."""
    to = parcel.deliverTo
    return ParcelSorted(
        orderId=parcel.orderId,
        parcelId=parcel.parcelId,
        route=f"{to.country}-{to.postalCode}"[:100],
        deliverTo=to,
    )


async def deliver(parcel: ParcelSorted) -> ParcelDelivered | ParcelReturned:
    """Hands a parcel over, or brings it back when nobody lives where it is to go."""
    if parcel.deliverTo.postalCode == NOWHERE:
        return ParcelReturned(orderId=parcel.orderId, parcelId=parcel.parcelId, reason="address-unknown")
    return ParcelDelivered(orderId=parcel.orderId, parcelId=parcel.parcelId)


def steps(work: float = 0) -> tuple[Step, ...]:
    """The steps of the carrier, each as slow as `work` says, in seconds."""
    return (
        Step(
            name="collect",
            on=(DISPATCHED, CONSIGNED),
            emits=(COLLECTED,),
            handler=_slowed(collect, work),
            begin="beginning",
            within="1m",
        ),
        Step(
            name="sort",
            on=(COLLECTED,),
            emits=(SORTED,),
            handler=_slowed(sort, work),
            begin="beginning",
            within="1m",
        ),
        Step(
            name="deliver",
            on=(SORTED,),
            emits=(DELIVERED, RETURNED),
            handler=_slowed(deliver, work),
            begin="beginning",
            within="1m",
        ),
    )


def _depot(to: Address) -> str:
    """Even postal codes are the north's."""
    digits = [int(character) for character in to.postalCode if character.isdecimal()]
    return "north" if not digits or digits[-1] % 2 == 0 else "south"


def _slowed(handler: Handler, work: float) -> Handler:
    if work == 0:
        return handler

    async def slow(parcel: Any) -> BaseModel | None:
        await asyncio.sleep(work)
        return await handler(parcel)

    slow.__name__, slow.__doc__ = handler.__name__, handler.__doc__
    slow.__annotations__ = handler.__annotations__
    return slow
