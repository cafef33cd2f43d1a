import { differs, notTried, type Rule } from '../../rule.ts';
import { undone } from '../taken.ts';
import { existing } from './durables.ts';

export const start: Rule = {
  id: 'start',
  tries: 'stores a message before the step is ever started',
  needs: 'process',
  async check(stage) {
    const { subject, parts } = stage;
    const { early } = parts;
    if (early === undefined) return notTried('the workspace does not say what the step consumes');
    const policies = (await existing(stage)).flatMap(({ name, config, stream }) => {
      const all = subject.from === 'beginning' || stream !== stage.names.events;
      return differs(`deliver_policy of ${name}`, config.deliver_policy, all ? 'all' : 'new');
    });
    if (policies.length > 0) return policies;
    if (subject.from === 'beginning') return undone(await stage.result(early));
    await stage.trial(); // once that is done, the step has gone past what was there before
    return stage.answersTo(early).length === 0 ? [] : ['it took what was stored before it began'];
  },
};
