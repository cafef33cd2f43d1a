import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Relay } from './relay.ts';

/** A server that sends back what it gets, and a relay to it. */
async function relayToEcho(): Promise<{ readonly relay: Relay; readonly dial: () => Promise<Socket> }> {
  const echo = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const relay = await Relay.to((echo.address() as AddressInfo).port);
  onTestFinished(async () => {
    await relay.close();
    echo.close();
  });
  const dial = async () => {
    const socket = connect(relay.port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  return { relay, dial };
}

async function echoed(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

it('passes on what is sent, in both directions', async () => {
  const { dial } = await relayToEcho();
  expect(await echoed(await dial(), 'ping')).toBe('ping');
});

it('swallows everything while it is cut, drops every connection then, and takes new ones', async () => {
  const { relay, dial } = await relayToEcho();
  const before = await dial();
  expect(await echoed(before, 'ping')).toBe('ping');
  const answers: string[] = [];
  before.on('data', (data: Buffer) => answers.push(data.toString()));
  const ended = once(before, 'close');
  const cut = relay.cut(200);
  before.write('lost');
  const during = await dial();
  during.on('data', (data: Buffer) => answers.push(data.toString()));
  during.write('lost too');
  await Promise.all([cut, ended, once(during, 'close')]);
  expect(answers).toEqual([]);
  expect(await echoed(await dial(), 'ping')).toBe('ping');
});
