import { cpus } from 'node:os';
import { faultText } from '../report.ts';
import type { FulfilmentVerdict } from './verdict.ts';

/** What is said of a run. Times in milliseconds. */
export interface FulfilmentReport extends FulfilmentVerdict {
  readonly profile: string;
  readonly seed: number;
  readonly syncInterval: string;
  readonly seconds: number;
  readonly cpus: number;
  readonly clean: boolean;
  /** Orchestrators and carriers that were killed; two at once count as two. */
  readonly kills: number;
  /** Sent more than once until they were taken. */
  readonly sentAgain: number;
  /** Never taken, so never promised. */
  readonly givenUp: readonly string[];
  /** What the stream holds. */
  readonly messages: number;
  /** Copies of commands that were sent again under their ids. */
  readonly resubmitted: number;
}

/** What a report is made of beside its verdict. */
export type FulfilmentCircumstances = Omit<FulfilmentReport, keyof FulfilmentVerdict | 'cpus' | 'clean'>;

export function fulfilmentReportOf(
  verdict: FulfilmentVerdict,
  circumstances: FulfilmentCircumstances,
): FulfilmentReport {
  const { lost, doubled, unaccounted } = verdict;
  const clean = lost.length + doubled.length + unaccounted.length === 0;
  return { ...verdict, ...circumstances, cpus: cpus().length, clean };
}

/** For a terminal. */
export function fulfilmentReportText(report: FulfilmentReport): string {
  const { lost, doubled, unaccounted, givenUp } = report;
  const rows: [string, string][] = [
    ['profile', `${report.profile}, seed ${report.seed}, sync_interval ${report.syncInterval}`],
    ['processes killed', `${report.kills} in ${report.seconds} s on ${report.cpus} CPUs`],
    ['fulfilments accepted', `${report.accepted} (${report.sentAgain} after they were sent again)`],
    ['ended exactly once', String(report.exactlyOnce)],
    ['lost', String(lost.length)],
    ['doubled', String(doubled.length)],
    ['unaccounted for', String(unaccounted.length)],
    ['messages stored', `${report.messages}, ${report.resubmitted} of them commands that were sent again`],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(26)}${value}`),
    ...faultText('LOST', lost),
    ...faultText('DOUBLED', doubled),
    ...faultText('UNACCOUNTED FOR', unaccounted),
    ...faultText('never taken, so never promised', givenUp),
  ].join('\n');
}
