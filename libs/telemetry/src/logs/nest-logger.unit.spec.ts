import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { NestLogger } from './nest-logger.ts';

function capture() {
  const lines: string[] = [];
  const logger = createLogger({ level: 'trace', format: 'json' }, 'payments', {
    write: (line: string) => lines.push(line),
  });
  return { nest: new NestLogger(logger), last: () => JSON.parse(lines.at(-1) ?? '{}') as object };
}

describe('NestLogger', () => {
  it.each([
    ['log', 'info'],
    ['error', 'error'],
    ['warn', 'warn'],
    ['debug', 'debug'],
    ['verbose', 'trace'],
    ['fatal', 'fatal'],
  ] as const)("writes Nest's %s at level %s, with its context", (method, level) => {
    const { nest, last } = capture();
    nest[method]('Mapped {/orders, POST} route', 'RouterExplorer');
    expect(last()).toMatchObject({
      level,
      message: 'Mapped {/orders, POST} route',
      context: 'RouterExplorer',
    });
  });

  it('takes the stack that Nest passes for an error', () => {
    const { nest, last } = capture();
    const stack = new Error('x').stack ?? '';
    nest.error('it broke', stack, 'ExceptionsHandler');
    expect(last()).toMatchObject({ message: 'it broke', context: 'ExceptionsHandler', err: { stack } });
    nest.error('it broke', stack);
    expect(last()).toMatchObject({ message: 'it broke', err: { stack } });
    expect(last()).not.toHaveProperty('context');
  });

  it('takes an error itself, wherever it stands', () => {
    const { nest, last } = capture();
    nest.error(new TypeError('it broke'), 'Orders');
    expect(last()).toMatchObject({ message: 'it broke', context: 'Orders', err: { type: 'TypeError' } });
    nest.warn('careful', new TypeError('it broke'), 'Orders');
    expect(last()).toMatchObject({ message: 'careful it broke', err: { type: 'TypeError' } });
  });

  it('keeps objects and further messages', () => {
    const { nest, last } = capture();
    nest.log({ order: 7 }, 'Orders');
    expect(last()).toMatchObject({ details: { order: 7 }, context: 'Orders' });
    nest.log('one', 'two', 'Orders');
    expect(last()).toMatchObject({ message: 'one two', context: 'Orders' });
    nest.log(42);
    expect(last()).toMatchObject({ message: '42' });
  });
});
