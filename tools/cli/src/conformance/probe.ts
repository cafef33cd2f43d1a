import type { Finding, Rule } from './rule.ts';
import type { Stage } from './stage/stage.ts';

/**
 * Tries rules on a step, one after the other.
 * @param onRule called before each
 * @param stop aborted when a person wants it to end: the rules that are left are not tried
 */
export async function probe(
  stage: Stage,
  rules: readonly Rule[],
  onRule: (rule: Rule) => void,
  stop: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const rule of rules) {
    if (stop.aborted) {
      findings.push(findingOf(rule, 'not tried', ['it was ended before']));
      continue;
    }
    onRule(rule);
    findings.push(await tried(rule, stage));
  }
  return findings;
}

async function tried(rule: Rule, stage: Stage): Promise<Finding> {
  if (rule.needs !== undefined && stage.parts.running === undefined)
    return findingOf(rule, 'not tried', [`the ${rule.needs} is not one that the command started`]);
  const outcome = await rule.check(stage);
  if ('notTried' in outcome) return findingOf(rule, 'not tried', [outcome.notTried]);
  return findingOf(rule, outcome.length === 0 ? 'holds' : 'broken', outcome);
}

function findingOf({ id, tries }: Rule, verdict: Finding['verdict'], found: readonly string[]): Finding {
  return { rule: id, tried: tries, verdict, found: [...new Set(found)] };
}
