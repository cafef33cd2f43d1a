import { plain, table } from '../table.ts';
import type { Finding } from './rule.ts';

/** What was found out about a step: a table of all rules, and below it what was found of those that do not hold. */
export function reportOf(step: string, findings: readonly Finding[]): string[] {
  const rows = findings.map(({ rule, tried, verdict }) => [rule, verdict, tried]);
  const told = (verdict: Finding['verdict']): string[] =>
    findings
      .filter((finding) => finding.verdict === verdict)
      .flatMap(({ rule, found }) => found.map((sentence) => `${verdict}: ${rule}: ${plain(sentence)}`));
  const count = (verdict: Finding['verdict']): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  return [
    ...table(['RULE', 'VERDICT', 'TRIED'], rows),
    '',
    ...told('not tried'),
    ...told('broken'),
    `${step}: ${count('holds')} hold, ${count('broken')} broken, ${count('not tried')} not tried.`,
  ];
}
