import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { Line } from './steps.spec.support.ts';

/** Who takes what, by the name of the message. Written by hand: the ledger has its own way to know. */
const TAKERS: Readonly<Record<string, readonly string[]>> = {
  'job.opened.v1': ['shop__plan', 'shop__note'],
  'job.planned.v1': ['shop__work'],
  'job.refused.v1': ['shop__tell'],
  'job.ended.v1': ['shop__tell'],
};

/** What really happened, as the handlers themselves wrote it down: it knows no stream, no consumer and no answer. */
export class Oracle {
  /** `<step> <id>` of all that a handler began, and finished. */
  readonly started = new Set<string>();
  readonly finished = new Set<string>();
  readonly #finishedNames = new Map<string, readonly string[]>();

  constructor(folder: string) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.journal'))) {
      const lines = readFileSync(join(folder, file), 'utf8').split('\n');
      for (const text of lines.slice(0, -1)) this.#read(text); // the last one is empty, or being written
    }
  }

  /** Whether each step that takes a message of the job finished it, and an end was reached. */
  isCompleted(job: string): boolean {
    const names = [`job.opened.v1 ${job} `];
    for (const name of names) {
      const [type = ''] = name.split(' ');
      for (const step of TAKERS[type] ?? []) {
        const outputs = this.#finishedNames.get(`${step} ${name}`);
        if (outputs === undefined) return false;
        names.push(...outputs);
      }
    }
    return names.some((name) => /^job\.(ended|refused)/.test(name));
  }

  #read(text: string): void {
    const { what, step, id, name, outputs } = JSON.parse(text) as Line;
    (what === 'start' ? this.started : this.finished).add(`${step} ${id}`);
    if (what === 'finish') this.#finishedNames.set(`${step} ${name}`, outputs);
  }
}

/** `<step> <id>` of each dead letter, read from the stream itself. */
export async function lettersIn(manager: JetStreamManager, stream: string): Promise<Set<string>> {
  const found = new Set<string>();
  const { state } = await manager.streams.info(stream);
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const header = (await manager.direct.getMessage(stream, { seq }))?.header;
    if (header !== undefined)
      found.add(`${header.get('x-dlq-app')}__${header.get('x-dlq-step')} ${header.get('ce-id')}`);
  }
  return found;
}
