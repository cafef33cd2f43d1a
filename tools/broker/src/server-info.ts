import { connect } from 'node:net';

/** The part of a NATS server's greeting that is of use before anyone logs in. */
export interface ServerInfo {
  readonly version: string;
  readonly jetstream: boolean;
  readonly authRequired: boolean;
  readonly tlsRequired: boolean;
}

/**
 * Reads the greeting (`INFO {…}`) that every NATS server sends first, without logging in.
 * Rejects when nothing answers within `timeoutMs`, or when what answers is no NATS server.
 */
export function readServerInfo(host: string, port: number, timeoutMs: number): Promise<ServerInfo> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ host, port });
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(reason));
    };
    socket.setTimeout(timeoutMs, () => fail(`nothing answered within ${timeoutMs / 1000} s`));
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('the connection was closed before a NATS greeting came'));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      const end = received.indexOf('\r\n');
      if (end < 0 && received.length < 64 * 1024) return;
      const info = parseInfo(received.slice(0, end));
      if (info === undefined) return fail('what answers there is not a NATS server');
      socket.removeAllListeners('close');
      socket.destroy();
      resolve(info);
    });
  });
}

function parseInfo(line: string): ServerInfo | undefined {
  if (!line.startsWith('INFO ')) return undefined;
  try {
    const info = JSON.parse(line.slice(5)) as Record<string, unknown>;
    return {
      version: String(info.version ?? ''),
      jetstream: info.jetstream === true,
      authRequired: info.auth_required === true,
      tlsRequired: info.tls_required === true,
    };
  } catch {
    return undefined;
  }
}
