import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Effects, EffectsKey } from '../effects.ts';
import { idempotencyKey } from '../ids.ts';
import type { OutgoingMessage } from '../publish/message.ts';

/** What a handler writes in a transaction of `FileEffects`. */
export type Notes = string[];

interface Kept {
  readonly notes: Notes;
  readonly outputs: readonly { subject: string; messageId?: string; headers: string; payload: string }[];
}

/** Effects in a folder that several processes may share: what one message did is one file, renamed into place. */
export class FileEffects implements Effects<Notes> {
  readonly problem = undefined;
  /** Transactions begun by this process. */
  begun = 0;

  constructor(private readonly folder: string) {}

  /** What was committed, sorted. */
  notes(): string[] {
    const files = readdirSync(this.folder).filter((name) => name.endsWith('.json'));
    return files.flatMap((name) => this.#read(join(this.folder, name)).notes).sort();
  }

  async open(): Promise<void> {}

  async process(
    { source, id, step }: EffectsKey,
    work: (transaction: Notes) => Promise<readonly OutgoingMessage[]>,
  ): Promise<readonly OutgoingMessage[]> {
    const file = join(this.folder, `${idempotencyKey(source, id, step)}.json`);
    if (existsSync(file)) return this.#read(file).outputs.map(opened);
    this.begun++;
    const notes: Notes = [];
    const outputs = await work(notes);
    const kept: Kept = { notes, outputs: outputs.map(sealed) };
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(kept));
    renameSync(`${file}.${process.pid}`, file);
    return outputs;
  }

  published(): void {}

  async close(): Promise<void> {}

  #read(file: string): Kept {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  }
}

function sealed({ subject, messageId, headers, payload }: OutgoingMessage): Kept['outputs'][number] {
  const bytes = { headers: base64(headers), payload: base64(payload) };
  return { subject, ...bytes, ...(messageId === undefined ? {} : { messageId }) };
}

function opened({ subject, messageId, headers, payload }: Kept['outputs'][number]): OutgoingMessage {
  return {
    subject,
    messageId,
    headers: Buffer.from(headers, 'base64'),
    payload: Buffer.from(payload, 'base64'),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
