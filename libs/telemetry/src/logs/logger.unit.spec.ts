import { describe, expect, it } from 'vitest';
import { runProcessing } from '../processing.ts';
import { createLogger } from './logger.ts';

class CardDeclinedError extends Error {
  readonly code = 'SHOP_CARD_DECLINED';
}

const processing = {
  step: { app: 'payments', step: 'authorize', name: 'payments__authorize' },
  message: {
    subject: 'evt.order.placed.v1.3',
    type: 'order.placed.v1',
    id: 'event-1',
    flowId: 'flow-1',
    size: 2,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
};

function capture(format: 'json' | 'pretty' = 'json', level: 'info' | 'silent' = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ level, format }, 'payments', { write: (line: string) => lines.push(line) });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('a log line', () => {
  it('says level, time, service and a sentence', () => {
    const { logger, last } = capture();
    logger.info({ order: 7 }, 'the order is placed');
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: 'payments',
      order: 7,
      message: 'the order is placed',
    });
  });

  it('says code, message and stack of an error', () => {
    const { logger, last } = capture();
    logger.error({ err: new CardDeclinedError('no funds') }, 'the payment failed');
    expect(last().err).toMatchObject({
      code: 'SHOP_CARD_DECLINED',
      message: 'no funds',
      stack: expect.stringContaining('logger.unit.spec.ts'),
    });
  });

  it('names flow, event, step and trace inside a handler, and in what it awaits', async () => {
    const { logger, last } = capture();
    await runProcessing(processing, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      logger.info('authorized');
    });
    expect(last()).toMatchObject({
      flow_id: 'flow-1',
      event_id: 'event-1',
      step: 'payments__authorize',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
    });
    logger.info('outside');
    expect(last()).not.toHaveProperty('flow_id');
  });

  it('keeps its own fields before those, each once', () => {
    const { logger, lines, last } = capture();
    runProcessing(processing, () => logger.info({ event_id: 'another' }, 'x'));
    expect(last()).toMatchObject({ event_id: 'another', flow_id: 'flow-1' });
    expect(lines.at(-1)?.match(/"event_id"/g)).toHaveLength(1);
  });

  it('is readable in a terminal', () => {
    const { logger, lines } = capture('pretty');
    logger.warn({ order: 7 }, 'the order waits');
    expect(lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] .*WARN.*the order waits.*"order":7.*\n$/);
  });

  it('is not written below the level', () => {
    const { logger, lines } = capture('json', 'silent');
    logger.fatal('x');
    expect(lines).toEqual([]);
  });
});
