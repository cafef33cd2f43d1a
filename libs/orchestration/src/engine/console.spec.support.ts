import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { CompletionReport } from '../report.ts';

/** In place of a console or a remote system: answers as it is told, and remembers what it was asked. */
export interface Site {
  readonly url: string;
  readonly asked: URL[];
}

/** Ends with the test. */
export async function site(answer: (url: URL, response: ServerResponse) => void): Promise<Site> {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://site');
    asked.push(url);
    answer(url, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Answers with JSON. */
export function say(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The flow that a report is asked for. */
export function flowOf({ pathname }: URL): string {
  return decodeURIComponent(pathname.split('/')[2] ?? '');
}

/** What a ledger tells of a flow. */
export function reportOf(flowId: string, changes: Partial<CompletionReport> = {}): CompletionReport {
  return { flowId, state: 'running', ends: [], steps: [], deadLetters: [], lacks: [], ...changes };
}
