import {
  BadRequestException,
  Body,
  Controller,
  Get,
  ImATeapotException,
  Module,
  NotFoundException,
  Param,
  Post,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ContractViolationError } from '@troupe/contract';
import {
  BrokerUnavailableError,
  EffectsUnavailableError,
  MessageTooLargeError,
  NoQuorumError,
  NoStreamError,
  PublishTimeoutError,
  StreamFullError,
} from '@troupe/jetstream';
import { Type } from 'class-transformer';
import { IsInt, IsString, Min, ValidateNested } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../app/start-app.ts';
import { BodyOf } from './body-of.ts';
import { ProblemFilter } from './problem.filter.ts';
import { ProblemException } from './problem.ts';

class Line {
  @IsInt()
  @Min(1)
  quantity!: number;
}

class Ask {
  @IsString()
  name!: string;

  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];
}

const errors: Record<string, () => unknown> = {
  gone: () => new NotFoundException('There is no such thing.'),
  teapot: () => new ImATeapotException(),
  list: () => new BadRequestException(['a is wrong', 'b is wrong']),
  own: () =>
    new ProblemException(
      409,
      'It is there already.',
      [{ pointer: '/name', rule: 'unique', detail: 'taken' }],
      'TROUPE_TAKEN',
    ),
  away: () => new BrokerUnavailableError('The broker is away.'),
  effects: () => new EffectsUnavailableError('The bucket is away.'),
  timeout: () => new PublishTimeoutError('evt.a', 5000),
  stream: () => new NoStreamError('evt.a'),
  quorum: () => new NoQuorumError('evt.a', 'no leader'),
  full: () => new StreamFullError('evt.a', 'maximum bytes exceeded'),
  large: () => new MessageTooLargeError('evt.a', 2_000_000, 1_000_000),
  contract: () =>
    new ContractViolationError('job.done.v1', [{ path: '/secret', rule: 'isInt', message: 'no' }]),
  unknown: () => new Error('the password is 1234'),
  nothing: () => 'text',
};

@Controller()
class Desk {
  @Get('errors/:which')
  fail(@Param('which') which: string): never {
    throw errors[which]?.();
  }

  @Post('ask')
  ask(@BodyOf(Ask) ask: Ask): object {
    return { is: ask instanceof Ask, ask };
  }

  @Post('plain')
  plain(@Body(new ValidationPipe()) ask: Ask): Ask {
    return ask;
  }
}

@Module({ controllers: [Desk], providers: [{ provide: APP_FILTER, useClass: ProblemFilter }] })
class DeskModule {}

let app: Awaited<ReturnType<typeof createApp>>;
beforeAll(async () => {
  app = await createApp(DeskModule, { logger: silent() });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app?.close());

const json = { 'content-type': 'application/json' };
const valid = { name: 'Ada', lines: [{ quantity: 1 }] };

describe('an error of a handler', () => {
  it.each([
    ['gone', 404, 'Not Found', 'There is no such thing.'],
    ['list', 400, 'Bad Request', 'a is wrong; b is wrong'],
    ['own', 409, 'Conflict', 'It is there already.'],
    ['teapot', 418, "I'm a Teapot", "I'm a teapot"],
    ['large', 413, 'Payload Too Large', expect.stringContaining('2000000 bytes')],
    ['contract', 500, 'Internal Server Error', expect.any(String)],
    ['unknown', 500, 'Internal Server Error', expect.any(String)],
    ['nothing', 500, 'Internal Server Error', expect.any(String)],
  ])('%s is told as problem details', async (which, status, title, detail) => {
    const answer = await app.inject({ url: `/errors/${which}?token=1` });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      type: 'about:blank',
      status,
      title,
      detail,
      instance: `/errors/${which}`,
    });
  });

  it.each(['away', 'effects', 'timeout', 'stream', 'quorum', 'full'])(
    '%s is 503 with Retry-After',
    async (which) => {
      const answer = await app.inject({ url: `/errors/${which}` });
      expect(answer.statusCode).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.json()).toMatchObject({ status: 503, code: expect.stringMatching(/^TROUPE_/) });
    },
  );

  it('keeps what nobody expected to itself', async () => {
    for (const which of ['unknown', 'contract']) {
      const { body } = await app.inject({ url: `/errors/${which}` });
      expect(body).not.toMatch(/1234|secret| at /);
    }
  });

  it('carries the errors that the app lists, and the code that it gives', async () => {
    const answer = await app.inject({ url: '/errors/own' });
    expect(answer.json()).toMatchObject({
      code: 'TROUPE_TAKEN',
      errors: [{ pointer: '/name', rule: 'unique', detail: 'taken' }],
    });
  });

  it("is told of Nest's own pipes, and of a path that is not there", async () => {
    const piped = await app.inject({ method: 'POST', url: '/plain', payload: {} });
    expect(piped.json()).toMatchObject({
      status: 400,
      detail: expect.stringContaining('name must be a string'),
    });
    expect((await app.inject({ url: '/nowhere' })).json()).toMatchObject({
      status: 404,
      instance: '/nowhere',
    });
  });
});

describe('@BodyOf', () => {
  it('gives the handler a valid body, of its class', async () => {
    const answer = await app.inject({ method: 'POST', url: '/ask', payload: valid });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ is: true, ask: valid });
  });

  it('takes JSON of a more special type', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const answer = await app.inject({ method: 'POST', url: '/ask', payload: JSON.stringify(valid), headers });
    expect(answer.statusCode).toBe(201);
  });

  it.each<[string, number, string | undefined, Record<string, string>]>([
    ['text that is no JSON', 400, '{"name":', json],
    ['nothing', 400, undefined, json],
    ['null', 400, 'null', json],
    ['a list', 400, '[]', json],
    ['a prototype', 400, '{"__proto__":{"name":"x"}}', json],
    ['more than 1 MiB', 413, JSON.stringify({ name: 'x'.repeat(1024 * 1024) }), json],
    ['plain text', 415, 'Ada', { 'content-type': 'text/plain' }],
    ['a form', 415, 'name=Ada', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['XML', 415, '<ask/>', { 'content-type': 'application/xml' }],
  ])('answers %s by %i', async (_, status, payload, headers) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/ask',
      headers,
      ...(payload !== undefined && { payload }),
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ type: 'about:blank', status, instance: '/ask' });
  });

  it('answers wrong and unknown fields by 422 and every failing path', async () => {
    const payload = { lines: [{ quantity: 1 }, { quantity: 0 }, { quantity: 'x', colour: 'red' }], extra: 1 };
    const answer = await app.inject({ method: 'POST', url: '/ask', payload });
    expect(answer.statusCode).toBe(422);
    const { errors } = answer.json<{ errors: { pointer: string; rule: string; detail: string }[] }>();
    expect(new Set(errors.map(({ pointer, rule }) => `${pointer} ${rule}`))).toEqual(
      new Set([
        '/name isString',
        '/lines/1/quantity min',
        '/lines/2/quantity isInt',
        '/lines/2/quantity min',
        '/lines/2/colour unknownField',
        '/extra unknownField',
      ]),
    );
    for (const { detail } of errors) expect(detail).not.toBe('');
  });
});

function silent() {
  const nothing = (): void => {};
  return { log: nothing, warn: nothing, error: nothing };
}
