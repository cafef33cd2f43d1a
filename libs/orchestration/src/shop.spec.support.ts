import 'reflect-metadata';
import { Contract, Example } from '@troupe/contract';
import { IsArray, IsString } from 'class-validator';

@Contract({ type: 'parcel.requested', version: 1, kind: 'event', owner: 'desk' })
export class ParcelRequested {
  @IsString()
  @Example('p-1')
  parcel!: string;

  @IsArray()
  @IsString({ each: true })
  @Example(['red', 'blue'])
  items!: string[];
}

@Contract({ type: 'station.reserve', version: 1, kind: 'command', owner: 'packing' })
export class ReserveStation {
  @IsString()
  @Example('p-1')
  parcel!: string;
}

@Contract({ type: 'station.reserved', version: 1, kind: 'event', owner: 'packing' })
export class StationReserved {
  @IsString()
  @Example('north-3')
  station!: string;
}

@Contract({ type: 'station.release', version: 1, kind: 'command', owner: 'packing' })
export class ReleaseStation {
  @IsString()
  @Example('north-3')
  station!: string;
}

@Contract({ type: 'station.released', version: 1, kind: 'event', owner: 'packing' })
export class StationReleased {
  @IsString()
  @Example('north-3')
  station!: string;
}

@Contract({ type: 'item.pick', version: 1, kind: 'command', owner: 'picking' })
export class PickItem {
  @IsString()
  @Example('red')
  item!: string;
}

@Contract({ type: 'item.picked', version: 1, kind: 'event', owner: 'picking' })
export class ItemPicked {
  @IsString()
  @Example('red')
  item!: string;
}

@Contract({ type: 'item.missing', version: 1, kind: 'event', owner: 'picking' })
export class ItemMissing {
  @IsString()
  @Example('red')
  item!: string;
}

@Contract({ type: 'item.putback', version: 1, kind: 'command', owner: 'picking' })
export class PutBack {
  @IsString()
  @Example('red')
  item!: string;
}

@Contract({ type: 'item.returned', version: 1, kind: 'event', owner: 'picking' })
export class ItemReturned {
  @IsString()
  @Example('red')
  item!: string;
}

@Contract({ type: 'parcel.paid', version: 1, kind: 'event', owner: 'desk' })
export class ParcelPaid {
  @IsString()
  @Example('p-1')
  parcel!: string;
}

@Contract({ type: 'parcel.ready', version: 1, kind: 'event', owner: 'packing' })
export class ParcelReady {
  @IsString()
  @Example('p-1')
  parcel!: string;
}

@Contract({ type: 'parcel.dropped', version: 1, kind: 'event', owner: 'packing' })
export class ParcelDropped {
  @IsString()
  @Example('p-1')
  parcel!: string;
}

/** Begins the way of a parcel at the carrier, who is a remote system. */
@Contract({ type: 'parcel.consigned', version: 1, kind: 'event', owner: 'desk' })
export class ParcelConsigned {
  @IsString()
  @Example('p-1')
  parcel!: string;
}

@Contract({ type: 'parcel.sorted', version: 1, kind: 'event', owner: 'carrier' })
export class ParcelSorted {
  @IsString()
  @Example('p-1')
  parcel!: string;
}

@Contract({ type: 'parcel.handed', version: 1, kind: 'event', owner: 'van' })
export class ParcelHanded {
  @IsString()
  @Example('p-1')
  parcel!: string;
}

@Contract({ type: 'parcel.delivered', version: 1, kind: 'event', owner: 'carrier' })
export class ParcelDelivered {
  @IsString()
  @Example('p-1')
  parcel!: string;
}

@Contract({ type: 'parcel.lost', version: 1, kind: 'event', owner: 'carrier' })
export class ParcelLost {
  @IsString()
  @Example('p-1')
  parcel!: string;
}
