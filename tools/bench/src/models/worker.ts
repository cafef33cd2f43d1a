import type { Chain } from '../chain.ts';
import { answerNow, type Command } from '../worker-process.ts';
import { startByHand } from './by-hand.ts';
import { startChoreographed } from './choreographed.ts';
import type { Model } from './model.ts';
import { startOrchestrated } from './orchestrated.ts';
import { startRequestReply } from './request-reply.ts';

/** Runs one model in a process of its own. Started as `worker.js <model> <url>`; lives as long as its parent. */
const [model, url] = process.argv.slice(2) as [Model, string];
const start = {
  choreographed: startChoreographed,
  orchestrated: startOrchestrated,
  'by-hand': startByHand,
  'request-reply': startRequestReply,
}[model];
let chain: Chain | undefined;

process.on('message', (command: Command) => void obey(command));
process.on('disconnect', () => process.exit());

async function obey(command: Command): Promise<void> {
  if (command === 'start') chain = await start(url);
  else if (command === 'stop') await chain?.stop();
  process.send?.(answerNow());
}
