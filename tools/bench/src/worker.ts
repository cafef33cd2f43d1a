import type { Chain, Variant } from './chain.ts';
import { startDocumented } from './chains/documented.ts';
import { startTroupe } from './chains/troupe.ts';
import { startTuned } from './chains/tuned.ts';
import { answerNow, type Command } from './worker-process.ts';

/**
 * Runs one chain in a process of its own, so that its CPU time is the chain's and no variant runs on code that
 * another one has warmed up. Started as `worker.js <variant> <url> [<most bytes of its stream>]`; lives as long as its
 * parent.
 */
const [variant, url, maxBytes] = process.argv.slice(2) as [Variant, string, string?];
const startChain = { troupe: startTroupe, tuned: startTuned, documented: startDocumented }[variant];
let chain: Chain | undefined;

process.on('message', (command: Command) => void obey(command));
process.on('disconnect', () => process.exit());

async function obey(command: Command): Promise<void> {
  if (command === 'start')
    chain = await startChain(url, maxBytes === undefined ? undefined : Number(maxBytes));
  else if (command === 'stop') await chain?.stop();
  process.send?.(answerNow());
}
