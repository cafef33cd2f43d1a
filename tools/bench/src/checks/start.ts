import 'reflect-metadata';
import { Contract, type ContractClass, contractOf } from '@troupe/contract';
import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  IsArray,
  IsDateString,
  IsInt,
  IsISO4217CurrencyCode,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';

/** What compiling takes, in ms: as a start waits for it, and as CPU time of all threads. */
export interface Compiling {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Declares so many contracts and compiles them for both sides, as an app does that knows them all. */
export function compileMany(count: number): Compiling {
  const classes = Array.from({ length: count }, (_, n) => declared(n));
  const cpuBegun = process.cpuUsage();
  const begun = performance.now();
  for (const cls of classes) contractOf(cls);
  const wallMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpuBegun);
  return { wallMs, cpuMs: (user + system) / 1_000 };
}

/** Eight fields, and two classes that are its own. */
function declared(n: number): ContractClass {
  class Money {
    @IsInt()
    @Min(0)
    amount!: number;

    @IsISO4217CurrencyCode()
    currency!: string;
  }
  class Line {
    @IsString()
    @Length(1, 64)
    sku!: string;

    @IsInt()
    @Min(1)
    quantity!: number;

    @IsObject()
    @ValidateNested()
    @Type(() => Money)
    price!: Money;
  }
  @Contract({ type: `bench.event-${n}`, version: 1, kind: 'event', owner: 'bench' })
  class Event {
    @Matches(/^[A-Za-z0-9_-]{1,64}$/)
    orderId!: string;

    @IsDateString()
    at!: string;

    @IsOptional()
    @IsString()
    note?: string;

    @IsArray()
    @ArrayMinSize(1)
    @IsObject({ each: true })
    @ValidateNested({ each: true })
    @Type(() => Line)
    lines!: Line[];

    @IsObject()
    @ValidateNested()
    @Type(() => Money)
    total!: Money;
  }
  return Event;
}

// Run alone, so that nothing is warm and no other class stands in class-validator's storage.
if (process.argv[1] === import.meta.filename)
  console.log(JSON.stringify(compileMany(Number(process.argv[2]))));
