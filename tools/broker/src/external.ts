import { readServerInfo } from './server-info.ts';
import { isAtLeast, MINIMUM_VERSION } from './version.ts';

/** What a check of an external broker found: its version, or the sentence that says what is wrong. */
export type ExternalCheck = { readonly version: string } | { readonly problem: string };

/** Checks that one of the servers named by `natsUrl` (comma-separated as usual) answers and can be used. */
export async function checkExternal(natsUrl: string, timeoutMs = 3_000): Promise<ExternalCheck> {
  const problems: string[] = [];
  for (const server of natsUrl.split(',').map((part) => part.trim())) {
    if (server === '') continue;
    const found = await checkServer(server, timeoutMs);
    if ('version' in found) return found;
    problems.push(found.problem);
  }
  return { problem: problems.join('; ') || 'it names no server' };
}

/** The URL without user, password or token, for messages. */
export function withoutCredentials(natsUrl: string): string {
  return natsUrl.replaceAll(/\/\/[^@/,]*@/g, '//***@');
}

async function checkServer(server: string, timeoutMs: number): Promise<ExternalCheck> {
  const shown = withoutCredentials(server);
  const url = parseServer(server);
  if (url === undefined) return { problem: `${shown} is not a NATS address such as nats://127.0.0.1:4222` };
  try {
    const info = await readServerInfo(url.host, url.port, timeoutMs);
    if (!isAtLeast(info.version)) {
      return {
        problem: `${shown} runs nats-server ${info.version}, and ${MINIMUM_VERSION} or newer is needed`,
      };
    }
    if (!info.jetstream) return { problem: `${shown} runs without JetStream: start it with the -js option` };
    return { version: info.version };
  } catch (error) {
    return { problem: `${shown}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function parseServer(server: string): { host: string; port: number } | undefined {
  try {
    const url = new URL(server.includes('://') ? server : `nats://${server}`);
    if (url.hostname === '') return undefined;
    return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? 4222 : Number(url.port) };
  } catch {
    return undefined;
  }
}
