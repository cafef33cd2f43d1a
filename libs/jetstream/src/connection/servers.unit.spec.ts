import { describe, expect, it } from 'vitest';
import { readServers } from './servers.ts';

describe('the addresses of a broker', () => {
  it.each([
    ['nats://127.0.0.1:4222', ['127.0.0.1:4222']],
    ['broker', ['broker:4222']],
    ['nats://a:1, nats://b:2 ,c:3,', ['a:1', 'b:2', 'c:3']],
    [
      ['nats://a:1', 'nats://b:2,nats://c'],
      ['a:1', 'b:2', 'c:4222'],
    ],
    ['nats://[::1]:4333', ['[::1]:4333']],
  ])('%j are %j', (servers, addresses) => {
    expect(readServers(servers)).toEqual({ addresses, tls: false, login: undefined });
  });

  it('carry a login, which is taken out', () => {
    const login = { user: 'ada', pass: 'p@ss:1%' };
    expect(readServers('nats://ada:p%40ss%3A1%@a:1,nats://b:2')).toEqual({
      addresses: ['a:1', 'b:2'],
      tls: false,
      login,
    });
    expect(readServers('nats://t0ken@a')).toEqual({
      addresses: ['a:4222'],
      tls: false,
      login: { token: 't0ken' },
    });
  });

  it('ask for TLS', () => {
    expect(readServers('tls://a')).toEqual({ addresses: ['a:4222'], tls: true, login: undefined });
  });

  it.each(['', ' , ', 'nats://', 'http://a:80', 'nats://a:port', 'nats://a:1 b'])(
    '%j are refused',
    (servers) => {
      expect(() => readServers(servers)).toThrow(expect.objectContaining({ code: 'TROUPE_STEP_DEFINITION' }));
    },
  );

  it('are refused without telling the password', () => {
    expect(() => readServers('http://ada:s3cret@a:80')).toThrow(/^"http:\/\/\*\*\*@a:80" is no address/);
    expect(() => readServers('ada:s3cret@a:port')).toThrow(/^"\*\*\*@a:port" is no address/);
  });
});
