import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instanceRecord } from '../status/records.spec.support.ts';
import { desk } from './desk.spec.support.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server?.stop());

describe('asking', () => {
  it.each([
    ['DELETE', '', undefined, { kind: 'cancel' }],
    [
      'POST',
      '/retry',
      { command: 'station.reserve', by: 'ada' },
      { kind: 'retry', command: 'station.reserve', by: 'ada' },
    ],
    [
      'POST',
      '/skip',
      { answer: { contract: 'station.reserved.v1', data: { station: 'S-1', pin: '0' } } },
      { kind: 'skip', answer: { contract: 'station.reserved.v1', data: { station: 'S-1', pin: '0' } } },
    ],
    ['POST', '/skip', {}, { kind: 'skip' }],
    ['POST', '/compensate', {}, { kind: 'compensate' }],
  ] as const)(
    '%s %s reaches the orchestration, in the flow of the instance',
    async (method, path, payload, request) => {
      const { app, instance, heard } = await desk(server);
      await instance(instanceRecord({ status: 'suspended' }));
      const url = `/fulfilments/f-1${path}`;
      const answer = await app.inject({ method, url, ...(payload && { payload }) });
      expect(answer.statusCode).toBe(202);
      expect(answer.headers).toMatchObject({ location: '/fulfilments/f-1', 'retry-after': '30' });
      expect(answer.json()).toMatchObject({ id: 'f-1', status: 'suspended' });
      await expect.poll(() => heard).toMatchObject([{ orchestration: 'fulfilment', flowId: 'f-1', request }]);
    },
  );

  it('is refused by 409 when it can come to nothing, and by 404 when there is none', async () => {
    const { app, instance, heard } = await desk(server);
    await instance(instanceRecord({ id: 'done', status: 'completed' }));
    await instance(instanceRecord({ id: 'runs' }));
    await instance(instanceRecord({ id: 'undone', status: 'compensating' }));
    const ask = (id: string, path = '') =>
      app.inject({
        method: path ? 'POST' : 'DELETE',
        url: `/fulfilments/${id}${path}`,
        ...(path && { payload: {} }),
      });
    for (const [id, path] of [
      ['done'],
      ['done', '/compensate'],
      ['runs', '/retry'],
      ['undone', '/retry'],
    ] as const) {
      const answer = await ask(id, path);
      expect(answer.statusCode, `${id}${path}`).toBe(409);
      expect(answer.json()).toMatchObject({ code: 'TROUPE_ORCHESTRATION_STATUS' });
    }
    expect((await ask('none')).statusCode).toBe(404);
    expect((await ask('undone')).statusCode).toBe(202); // it is being undone already
    expect(heard).toEqual([]);
  });

  it('to skip is refused by 422 with an answer that is none, or breaks its contract', async () => {
    const { app, instance } = await desk(server);
    await instance(instanceRecord({ status: 'suspended' }));
    const skip = (answer: object) =>
      app.inject({ method: 'POST', url: '/fulfilments/f-1/skip', payload: { answer } });
    const unknown = await skip({ contract: 'item.lost.v1', data: {} });
    expect(unknown.json()).toMatchObject({ status: 422, errors: [{ pointer: '/answer/contract' }] });
    const broken = await skip({ contract: 'station.reserved.v1', data: { station: 1, pin: 1234 } });
    expect(broken.json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/answer/data/station' }, { pointer: '/answer/data/pin' }],
    });
    expect(broken.body).not.toContain('1234');
  });
});
