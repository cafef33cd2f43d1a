import { cpus } from 'node:os';
import { type Backlog, sizeOf } from './evidence/consumers.ts';
import type { Profile } from './profile.ts';
import type { Recovery } from './verdict/recovery.ts';
import { isClean, type Verdict } from './verdict/verdict.ts';

/** What is said of a run. Times in milliseconds. */
export interface Report {
  readonly profile: string;
  readonly seed: number;
  readonly syncInterval: string;
  readonly seconds: number;
  readonly faults: number;
  readonly cpus: number;
  readonly clean: boolean;
  readonly accepted: number;
  /** Sent more than once until they were taken. */
  readonly sentAgain: number;
  /** Never taken, so never promised. */
  readonly givenUp: readonly string[];
  readonly exactlyOnce: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly unaccounted: readonly string[];
  readonly largestBacklog: Backlog;
  readonly events: number;
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Calls to the world, and how many of them came again with the same key. */
  readonly calls: number;
  readonly repeatedCalls: number;
  readonly recoveries: readonly Recovery[];
}

/** What a report is made of beside its verdict. */
export interface Circumstances
  extends Omit<
    Report,
    'profile' | 'cpus' | 'clean' | 'accepted' | 'exactlyOnce' | 'lost' | 'doubled' | 'unaccounted'
  > {
  readonly profile: Profile;
}

export function reportOf(verdict: Verdict, { profile, ...circumstances }: Circumstances): Report {
  const { accepted, exactlyOnce, lost, doubled, unaccounted } = verdict;
  return {
    ...circumstances,
    profile: profile.name,
    cpus: cpus().length,
    clean: isClean(verdict),
    accepted,
    exactlyOnce,
    lost,
    doubled,
    unaccounted,
  };
}

/** For a terminal. */
export function reportText(report: Report): string {
  const { lost, doubled, unaccounted, largestBacklog, deadLetters, givenUp } = report;
  const aside = Object.entries(deadLetters).map(([reason, count]) => `${count} ${reason}`);
  const rows: [string, string][] = [
    ['profile', `${report.profile}, seed ${report.seed}, sync_interval ${report.syncInterval}`],
    ['faults', `${report.faults} in ${report.seconds} s on ${report.cpus} CPUs`],
    ['orders accepted', `${report.accepted} (${report.sentAgain} after they were sent again)`],
    ['with exactly one outcome', String(report.exactlyOnce)],
    ['lost', String(lost.length)],
    ['doubled', String(doubled.length)],
    ['unaccounted for', String(unaccounted.length)],
    ['largest backlog', `${sizeOf(largestBacklog)} messages for ten seconds`],
    ['events stored', String(report.events)],
    ['dead letters', aside.length === 0 ? 'none' : `${aside.join(', ')}: all expected unless listed below`],
    ['calls to the world', `${report.calls}, ${report.repeatedCalls} of them again with the same key`],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(26)}${value}`),
    '',
    recoveryText(report.recoveries),
    ...faultText('LOST', lost),
    ...faultText('DOUBLED', doubled),
    ...faultText('UNACCOUNTED FOR', unaccounted),
    ...faultText('never taken, so never promised', givenUp),
  ].join('\n');
}

function recoveryText(recoveries: readonly Recovery[]): string {
  const seconds = (time: number) => `${(time / 1_000).toFixed(1)} s`.padStart(10);
  return [
    `${''.padEnd(32)}${'all accepted before through'.padStart(30)}${'no outcome for'.padStart(22)}`,
    `${'fault'.padEnd(20)}${'times'.padStart(8)}${'median'.padStart(18)}${'longest'.padStart(12)}${'median'.padStart(12)}${'longest'.padStart(12)}`,
    ...recoveries.map(
      ({ kind, faults, throughMedian, throughLongest, silenceMedian, silenceLongest }) =>
        `${kind.padEnd(20)}${String(faults.length).padStart(8)}${'        '}${seconds(throughMedian)}  ${seconds(throughLongest)}  ${seconds(silenceMedian)}  ${seconds(silenceLongest)}`,
    ),
  ].join('\n');
}

const SHOWN = 20;

/** Lists what is wrong, the first twenty of each kind; nothing where nothing is. */
export function faultText(title: string, sentences: readonly string[]): string[] {
  if (sentences.length === 0) return [];
  const more = sentences.length - SHOWN;
  return [
    '',
    `${title}:`,
    ...sentences.slice(0, SHOWN).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
