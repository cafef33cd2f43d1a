import type { Whereabouts } from '@troupe/ledger';
import { localCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { plain } from '../table.ts';
import { CONSOLE, Console } from './console.ts';
import { behind } from './freshness.ts';
import { type LinkedFlow, traceLines } from './trace-lines.ts';
import { treeOf } from './tree.ts';

/** Whereabouts as the console tells them. */
interface Answer extends Omit<Whereabouts, 'flows'> {
  readonly flows: readonly LinkedFlow[];
}

/** `troupe where` */
export const where = localCommand({
  name: 'where',
  usage: '<key> [options]',
  about: 'Says where it is: by flow id, message id, or any business key such as an order id.',
  details: `First one sentence, then each flow as a tree: message, the steps that take it, the messages that they sent; and its traces.
Ends with 3 when nothing is known of the key.`,
  options: CONSOLE,
  async run({ values, positionals, variables, terminal }) {
    const [key, ...others] = positionals;
    if (!key || others.length > 0) throw new UsageError('Say one key: troupe where <order id>.');
    const answer = await new Console(values.console, variables).find<Answer>(['where', key]);
    if ('missing' in answer) {
      if (values.json)
        terminal.out(JSON.stringify({ key, sentence: answer.missing, matches: [], flows: [] }));
      else terminal.out(plain(answer.missing));
      return EXIT.nothing;
    }
    if (values.json) {
      terminal.out(JSON.stringify(answer));
      return EXIT.ok;
    }
    const { sentence, flows, matches } = answer;
    terminal.out(plain(sentence));
    for (const [i, flow] of flows.entries()) {
      terminal.out('');
      const kinds = matches[i]?.kinds.join(', ') ?? '';
      const parent = flow.parent === undefined ? '' : `, handed off by ${flow.parent}`;
      terminal.out(plain(`flow ${flow.id}, ${flow.state}${parent} (found by ${kinds})`));
      for (const line of [...treeOf(flow), ...traceLines(flow)]) terminal.out(line);
    }
    terminal.say(behind(answer));
    return EXIT.ok;
  },
});
