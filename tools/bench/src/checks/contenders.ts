import { ValidationPipe } from '@nestjs/common';
import { contractOf, decodeMessage, encodeBinary } from '@troupe/contract';
import { Order, OrderPlaced } from '../contracts.ts';
import { ajvCheck } from './by-ajv.ts';
import { zodCheck } from './by-zod.ts';

export const CONTENDERS = ['parse', 'troupe', 'wire', 'ajv', 'zod', 'pipe', 'strict pipe'] as const;

export type Contender = (typeof CONTENDERS)[number];

/** Reads one message and checks it, as often as asked. Throws when it refuses it. */
export type Checking = (times: number) => void | Promise<void>;

/** Each contender on one message, given as JSON. */
export function checkings(json: string): Record<Contender, Checking> {
  const contract = contractOf(OrderPlaced);
  const check = contract.violationsOfAccepted;
  const { headers, payload } = encodeBinary(
    { id: '1', source: '/bench', type: contract.id, time: '2026-11-25T12:00:00.000Z', extensions: {} },
    JSON.parse(json) as Order,
  );
  const lines = headers.map(([name, value]): [string, string[]] => [name, [value]]);
  return {
    parse: (times) => {
      for (let n = 0; n < times; n++) assert(typeof JSON.parse(json) === 'object');
    },
    troupe: (times) => {
      for (let n = 0; n < times; n++) assert(check(JSON.parse(json)).length === 0);
    },
    wire: (times) => {
      for (let n = 0; n < times; n++) assert(check(decodeMessage(lines, payload).data).length === 0);
    },
    ajv: (times) => {
      for (let n = 0; n < times; n++) assert(ajvCheck(JSON.parse(json)));
    },
    zod: (times) => {
      for (let n = 0; n < times; n++) assert(zodCheck(JSON.parse(json)));
    },
    pipe: piped(json, { transform: true, whitelist: true }),
    'strict pipe': piped(json, { transform: true, whitelist: true, forbidNonWhitelisted: true }),
  };
}

function piped(json: string, options: ConstructorParameters<typeof ValidationPipe>[0]): Checking {
  const pipe = new ValidationPipe(options);
  return async (times) => {
    for (let n = 0; n < times; n++) {
      const order: unknown = await pipe.transform(JSON.parse(json), { type: 'body', metatype: Order });
      assert(order instanceof Order);
    }
  };
}

function assert(taken: boolean): void {
  if (!taken) throw new Error('A valid order was refused: what was measured means nothing.');
}
