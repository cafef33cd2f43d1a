import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

describe('the command line', () => {
  it('has the usual ports and goes on when nothing is said', () => {
    expect(parseArguments([])).toEqual({ once: false, port: 3000, brokerPort: 4222 });
  });

  it('takes every option', () => {
    expect(parseArguments(['--once', '--port', '0', '--broker-port=5222'])).toEqual({
      once: true,
      port: 0,
      brokerPort: 5222,
    });
  });

  it('answers --help with every option', () => {
    const answer = parseArguments(['--help']);
    expect(answer).toMatchObject({ fault: false });
    for (const option of ['--once', '--port', '--broker-port', 'NATS_URL', 'TROUPE_HOME']) {
      expect('answer' in answer && answer.answer).toContain(option);
    }
  });

  it.each([
    [['--port', '65532']],
    [['--port', '-1']],
    [['--port', '3e3']],
    [['--port', '']],
    [['--broker-port', '65536']],
    [['--twice']],
    [['now']],
  ])('refuses %j, and says how it is used', (args) => {
    const answer = parseArguments(args);
    expect(answer).toMatchObject({ fault: true });
    expect('answer' in answer && answer.answer).toContain('npm start [-- options]');
  });
});
