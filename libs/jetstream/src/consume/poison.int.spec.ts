import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { PaymentAuthorized, SMALL_STREAMS, startServer, until } from '../fixtures.spec.support.ts';
import { setAckWait } from './ack-wait.spec.support.ts';
import { FileEffects } from './file-effects.spec.support.ts';
import { mortalSteps, POISON } from './mortal-process.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 120_000 }); // four deaths, and an ack wait after each

const ACK_WAIT_MS = 3_000;
const INNOCENTS = Array.from({ length: 60 }, (_, n) => `${n}`);
const workspace = join(import.meta.dirname, '../../../..');
/** What V8 made of the modules: the next process compiles nothing again. */
const NODE_COMPILE_CACHE = join(workspace, 'node_modules/.cache/troupe/compiled');

/** Processes run built, in a second when nothing changed. */
beforeAll(async () => {
  const tsc = join(workspace, 'node_modules/.bin/tsc');
  await once(execFile(tsc, ['-b', join(workspace, 'libs/jetstream')]), 'close');
});

describe('a message that ends every process that handles it', () => {
  it.each([
    ['one instance', 1],
    ['two instances', 2],
  ])(
    'is set aside alone, whole and once, and every other message is handled once: %s',
    async (_what, count) => {
      const stage = await Stage.on(await startServer());
      const folder = await mkdtemp(join(tmpdir(), 'troupe-poison-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const options = {
        names: stage.names,
        steps: mortalSteps(folder),
        streams: SMALL_STREAMS,
        ackWaitMs: ACK_WAIT_MS,
      };
      await setAckWait(stage.manager, options);
      for (const order of [...INNOCENTS.slice(0, 5), POISON, ...INNOCENTS.slice(5)]) await stage.order(order);

      const instances = Array.from({ length: count }, () => new Revived(stage, folder));
      await until('it is set aside', async () => (await stage.deadLetters()).length > 0, 90_000);
      await stage.settled(stage.durable('authorize'), undefined, 60_000);
      await stage.settled(stage.durable('count'), undefined, 60_000);
      for (const instance of instances) await instance.end();

      const [letter, ...more] = await stage.deadLetters();
      expect(more).toEqual([]);
      expect(letter?.header.get('x-dead-letter-reason')).toBe('poison');
      expect(letter?.header.get('ce-id')).toBe(POISON);
      expect(new TextDecoder().decode(letter?.data)).toBe(`{"orderId":"${POISON}"}`);
      const outputs = (await stage.events(PaymentAuthorized)).map(({ orderId }) => orderId);
      expect(outputs.sort()).toEqual([...INNOCENTS].sort());
      expect(new FileEffects(folder).notes()).toEqual([...INNOCENTS].sort());
      const { deaths, ended } = readLog(folder);
      expect(deaths.length).toBeLessThanOrEqual(4);
      expect(deaths.slice(2).flat()).toEqual([]); // by then it is handled alone
      expect(new Set(ended.filter((name) => name.startsWith('count/'))).size).toBe(INNOCENTS.length + 1);
      expect((await stage.manager.streams.info(`KV_${stage.names.crashes('shop')}`)).state.messages).toBe(0);
    },
  );
});

/** What each process had in hand besides the message that ended it, death by death; and what was handled to its end. */
function readLog(folder: string): { deaths: string[][]; ended: string[] } {
  const inHand = new Map<string, Set<string>>();
  const deaths: string[][] = [];
  const ended: string[] = [];
  for (const line of readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')) {
    const [pid = '', what, name = ''] = line.split(' ');
    const held = inHand.get(pid) ?? new Set();
    inHand.set(pid, held);
    if (what === 'end') {
      held.delete(name);
      ended.push(name);
    } else if (name === `authorize/${POISON}`) {
      deaths.push([...held]);
    } else {
      held.add(name);
    }
  }
  return { deaths, ended };
}

/** A process that is started again whenever it dies, as an orchestrator would; ends with the test. */
class Revived {
  #child: ChildProcess;
  #running: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(
    private readonly stage: Stage,
    private readonly folder: string,
  ) {
    this.#child = this.#start();
    onTestFinished(() => {
      this.#isOver = true;
      this.#child.kill('SIGKILL');
    });
  }

  /** Stops it as a deployment does, once it runs. */
  async end(): Promise<void> {
    await this.#running;
    this.#isOver = true;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
    expect(this.#child.exitCode).toBe(0);
  }

  #start(): ChildProcess {
    const main = join(workspace, 'libs/jetstream/dist/consume/mortal-process.spec.support.js');
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE,
        SERVER: this.stage.server.url,
        PREFIX: this.stage.prefix,
        FOLDER: this.folder,
        STREAMS: JSON.stringify(SMALL_STREAMS),
        ACK_WAIT: String(ACK_WAIT_MS),
      },
    });
    this.#running = once(child, 'message');
    child.once('close', () => {
      if (!this.#isOver) this.#child = this.#start();
    });
    return child;
  }
}
