import type { SweepReport } from '@troupe/jetstream';
import { command } from '../command.ts';
import { EXIT } from '../exit-code.ts';

export const sweep = command({
  name: 'dead-letters sweep',
  usage: '[options]',
  about: 'Makes dead letters of the messages that consumers outside the platform gave up.',
  details: 'It may be stopped, started again and run twice at any time: no letter is made twice.',
  options: { watch: { type: 'boolean', about: 'go on with what comes, until Ctrl-C' } },
  async run({ values, terminal, environment, signal }) {
    const sweeper = await environment.sweeper();
    const report = await sweeper.sweep({
      watch: values.watch,
      signal,
      onProgress: (so) => terminal.progress(sentence(so)),
    });
    terminal.out(values.json ? JSON.stringify(report) : sentence(report));
    return report.swept + report.known + report.gone === 0 && !values.watch ? EXIT.nothing : EXIT.ok;
  },
});

function sentence({ swept, known, gone }: SweepReport): string {
  return `${swept} new dead letters, ${known} known, ${gone} whose message is gone`;
}
