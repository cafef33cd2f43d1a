import { describe, expect, it } from 'vitest';
import type { HandOffSpec } from '../definition/command-spec.ts';
import { definitionOf } from '../definition/definition.ts';
import type { HandOffOptions } from '../definition/hand-off.ts';
import { ParcelLost, type ParcelRequested } from '../shop.spec.support.ts';
import { flowOf, reportOf, say, site } from './console.spec.support.ts';
import { courierOptions } from './courier.spec.support.ts';
import { poll } from './poll.ts';
import { Reports } from './reports.ts';

type Status = HandOffOptions<object, readonly [], typeof ParcelRequested>['status'];

const flowId = 'p-1/carrier/1';
const given = { context: {}, flowId };
const lost = { contract: 'parcel.lost.v1', data: { parcel: 'red' } };

describe('a poll of a hand-off', () => {
  it('asks the ledger alone when the remote side has no address: it runs, has failed, or has an end', async () => {
    const running = await polled({ state: 'running' });
    expect(running).toMatchObject({ report: { state: 'running', lacks: [] } });
    expect(running.found).toBeUndefined();
    expect((await polled({ state: 'failed' })).found).toBe('failed');
    const ends = [{ ...lost, messageId: 'm-1' }];
    expect((await polled({ state: 'failed', ends })).found).toEqual({ ...lost, messageId: 'm-1' });
  });

  it('takes no end that the hand-off does not have, that has no data, or that breaks its contract', async () => {
    const ends = [
      { contract: 'parcel.sorted.v1', messageId: 'm-1', data: { parcel: 'red' } },
      { contract: 'parcel.lost.v1', messageId: 'm-2' },
      { contract: 'parcel.lost.v1', messageId: 'm-3', data: { parcel: 17 } },
    ];
    const { found, report } = await polled({ ends });
    expect(found).toBeUndefined();
    expect(report.lacks).toEqual(['an end breaks parcel.lost.v1 at "/parcel"']);
  });

  it.each([
    ['runs', { status: 'running', state: 'sorting' }, undefined],
    ['waits for a person', { status: 'suspended' }, undefined],
    ['ended with an end', { status: 'completed', result: lost }, lost],
    ['was cancelled with an end', { status: 'cancelled', result: lost }, lost],
    ['ended with something else', { status: 'completed', result: { contract: 'parcel.x.v1' } }, undefined],
    ['failed', { status: 'failed' }, 'failed'],
    ['was undone', { status: 'compensated' }, 'failed'],
    ['says what is no master status', 'all is well', undefined],
  ])('reads the master status of a remote orchestration that %s', async (_, body, found) => {
    const { url } = await site((_, response) => say(response, body));
    expect((await polled({}, () => url)).found).toEqual(found);
  });

  it('believes the remote side, and not the ledger, that it runs still', async () => {
    const { url } = await site((_, response) => say(response, { status: 'running' }));
    expect((await polled({ state: 'failed' }, () => url)).found).toBeUndefined();
  });

  it('believes the ledger where the remote side gives no answer', async () => {
    const { url } = await site((_, response) => say(response, {}, 500));
    expect((await polled({ state: 'failed' }, () => url)).found).toBe('failed');
  });

  it('reads another status as its hand-off says', async () => {
    const remote = await site((_, response) => say(response, { lost: 'red' }));
    const completed = (body: unknown) => ({
      contract: ParcelLost,
      data: { parcel: (body as { lost: string }).lost },
    });
    expect((await polled({}, { url: () => remote.url, completed })).found).toEqual(lost);
    expect((await polled({}, { url: () => remote.url, completed: () => 'failed' })).found).toBe('failed');
  });

  it('says what went wrong when nobody can be asked', async () => {
    const { url } = await site((_, response) => say(response, {}, 404));
    const refuses = () => {
      throw new Error('no address');
    };
    expect((await polled({}, () => url)).report.lacks).toEqual([
      'the remote side does not know the flow (yet)',
    ]);
    expect((await polled({}, refuses)).report.lacks).toEqual([
      'the remote side could not be asked: no address',
    ]);
    expect((await polled({}, () => 'nowhere')).report.lacks).toEqual(['the remote side cannot be reached']);
  });

  async function polled(report: Parameters<typeof reportOf>[1], status?: Status) {
    const { url } = await site((asked, response) => say(response, reportOf(flowOf(asked), report)));
    const options = courierOptions(status === undefined ? {} : { status });
    const spec = definitionOf(options).machines.get(1)?.commands.get('carrier')?.handOff as HandOffSpec;
    return poll(new Reports(url), spec, given);
  }
});

describe('a report', () => {
  it('lacks all when the console does not know the flow, or answers with something else', async () => {
    const unknown = await site((_, response) => say(response, {}, 404));
    expect(await new Reports(unknown.url).of(flowId, ['parcel.lost.v1'])).toMatchObject({
      flowId,
      state: 'unknown',
      lacks: ['the ledger does not know the flow (yet)'],
    });
    const strange = await site((_, response) => say(response, { state: 'fine' }));
    expect((await new Reports(`${strange.url}/`).of(flowId, ['parcel.lost.v1'])).lacks[0]).toContain(
      'what is no report',
    );
    expect(strange.asked[0]?.pathname).toBe('/flows/p-1%2Fcarrier%2F1/report');
  });

  it('is not waited for again by completions soon after no answer came; polls ask all the same', async () => {
    const away = await site((_, response) => say(response, {}, 503));
    const reports = new Reports(away.url);
    for (let n = 0; n < 3; n++)
      expect((await reports.of(flowId, ['parcel.lost.v1'])).lacks).toEqual(['the ledger answered 503']);
    expect(away.asked).toHaveLength(1);
    await reports.withData(flowId, ['parcel.lost.v1']);
    expect(away.asked).toHaveLength(2);
  });
});
