import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { SpanKind } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lines, SETTINGS } from '../fixtures.spec.support.ts';
import type { TraceSettings } from '../settings/settings.ts';
import { Telemetry } from '../telemetry.ts';

describe('the export of spans', () => {
  let collector: Server;
  let url: string;
  let requests: { path: string | undefined; type: string | undefined; body: unknown }[];
  let answer: number | 'never';

  beforeEach(async () => {
    requests = [];
    answer = 200;
    collector = createServer();
    collector.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void json(request).then((body) => {
        requests.push({ path: request.url, type: request.headers['content-type'], body });
        if (answer !== 'never') response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
  });

  afterEach(async () => {
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
  });

  function traced(traces: Partial<TraceSettings> = {}, lines = new Lines()): Telemetry {
    const settings = {
      ...SETTINGS,
      traces: { url, sampler: 'parentbased_always_on', ratio: 1, ...traces },
    } as const;
    return new Telemetry(settings, { name: 'payments', version: '1.2.3' }, { lines });
  }

  const message = {
    subject: 'evt.order.placed.v1.3',
    type: 'order.placed.v1',
    id: '1',
    flowId: 'flow-1',
    size: 2,
  };

  it('posts what is left at shutdown as OTLP JSON', async () => {
    const telemetry = traced();
    telemetry.instrumentation.send('payments', message, undefined).end();
    expect(requests).toEqual([]);
    await telemetry.shutdown();

    expect(requests).toMatchObject([
      {
        path: '/v1/traces',
        type: 'application/json',
        body: {
          resourceSpans: [
            {
              resource: {
                attributes: expect.arrayContaining([
                  { key: 'service.name', value: { stringValue: 'payments' } },
                  { key: 'service.version', value: { stringValue: '1.2.3' } },
                ]),
              },
              scopeSpans: [
                {
                  scope: { name: '@troupe/telemetry' },
                  spans: [
                    {
                      name: 'send evt.order.placed.v1.{lane}',
                      kind: SpanKind.PRODUCER + 1, // OTLP counts from "unspecified"
                      attributes: expect.arrayContaining([
                        { key: 'messaging.message.conversation_id', value: { stringValue: 'flow-1' } },
                      ]),
                    },
                  ],
                },
              ],
            },
          ],
        },
      },
    ]);
  });

  it('shuts down once, however often it is asked', async () => {
    const telemetry = traced();
    telemetry.instrumentation.send('payments', message, undefined).end();
    await Promise.all([telemetry.shutdown(), telemetry.shutdown()]);
    expect(requests).toHaveLength(1);
  });

  it('does not hold the app up for a collector that never answers, and says so', async () => {
    answer = 'never';
    const lines = new Lines();
    const telemetry = traced({}, lines);
    telemetry.instrumentation.send('payments', message, undefined).end();
    await telemetry.shutdown();
    expect(lines.fields).toMatchObject([{ level: 'warn', message: 'the last spans may be lost' }]);
  });

  it.each([
    ['always_off', undefined, '00', 0],
    ['parentbased_always_off', undefined, '00', 0],
    ['traceidratio', undefined, '00', 0],
    ['always_on', undefined, '01', 1],
    ['parentbased_traceidratio', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '01', 1],
    ['parentbased_always_on', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00', '00', 0],
  ] as const)(
    'keeps to the sampler %s and tells the next step, after %s',
    async (sampler, traceparent, flag, exported) => {
      const telemetry = traced({ sampler, ratio: 0 });
      const step = { app: 'payments', step: 'authorize', name: 'payments__authorize' };
      const process = telemetry.instrumentation.process(step, { ...message, traceparent }, false);
      const sent = telemetry.instrumentation.send('payments', message, process);
      sent.end();
      process.end('done');
      await telemetry.shutdown();
      expect(sent.headers.traceparent).toMatch(new RegExp(`^00-[0-9a-f]{32}-[0-9a-f]{16}-${flag}$`));
      if (traceparent !== undefined)
        expect(sent.headers.traceparent?.slice(3, 35)).toBe(traceparent.slice(3, 35));
      expect(requests).toHaveLength(exported);
    },
  );
});
