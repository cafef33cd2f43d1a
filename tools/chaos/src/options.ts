import { parseArgs } from 'node:util';
import { FULFILMENT_PROFILES, type FulfilmentProfile } from './fulfilment/profile.ts';
import { PROFILES, type Profile } from './profile.ts';

export const USAGE = `Runs the order system under faults, then checks that nothing that was accepted was lost and nothing happened twice.

  npm run chaos [-- options]

  --profile <name>       full (20,000 orders, 60 faults, about 10 minutes), cluster (three brokers), short (default full);
                         orchestration (2,000 fulfilments, an orchestrator or a carrier killed every 5 s), orchestration-short
  --seed <number>        has the same orders and faults at the same times again (default: a new one, which is printed)
  --sync-interval <time> how often the broker syncs to disk, always for each message (default 2m)
  --folder <path>        where stores and logs go, and stay (default: a temporary folder, kept when something is wrong)
  --json                 one JSON document on stdout; everything else goes to stderr
  --help                 this text

Exit code 0: nothing lost, doubled or unaccounted for. 1: something was, or the run could not be carried through.
2: wrong options. 130: ended by a signal.

Needs PostgreSQL's initdb and postgres, and Python 3.10 or newer, or uv, for the carrier.`;

/** What a person asked for. */
export interface Options {
  readonly profile: Profile | FulfilmentProfile;
  readonly seed: number;
  readonly syncInterval: string;
  readonly folder: string | undefined;
  readonly json: boolean;
}

const HIGHEST_SEED = 2 ** 31 - 1;

/** Reads the command line: what was asked for, or the text to answer with, on stderr when it is a `fault`. */
export function readOptions(
  args: readonly string[],
): Options | { readonly answer: string; readonly fault: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        profile: { type: 'string', default: 'full' },
        seed: { type: 'string' },
        'sync-interval': { type: 'string', default: '2m' },
        folder: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { answer: USAGE, fault: false };
    return {
      profile: profileOf(values.profile),
      seed: seedOf(values.seed),
      syncInterval: syncIntervalOf(values['sync-interval']),
      folder: values.folder,
      json: values.json,
    };
  } catch (error) {
    return { answer: `${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, fault: true };
  }
}

const ALL: Readonly<Record<string, Profile | FulfilmentProfile>> = { ...PROFILES, ...FULFILMENT_PROFILES };

function profileOf(name: string): Profile | FulfilmentProfile {
  const profile = Object.hasOwn(ALL, name) ? ALL[name] : undefined;
  if (profile !== undefined) return profile;
  throw new Error(`--profile ${name} is unknown: it is ${Object.keys(ALL).join(', ')}.`);
}

function seedOf(text: string | undefined): number {
  if (text === undefined) return Math.floor(Math.random() * HIGHEST_SEED) + 1;
  const seed = Number(text);
  if (/^\d{1,10}$/.test(text) && seed >= 1 && seed <= HIGHEST_SEED) return seed;
  throw new Error(`--seed ${text} is no whole number from 1 to ${HIGHEST_SEED}.`);
}

function syncIntervalOf(text: string): string {
  if (text === 'always' || /^\d{1,6}(ms|s|m|h)$/.test(text)) return text;
  throw new Error(`--sync-interval ${text} is neither always nor a time as 500ms, 10s or 2m.`);
}
