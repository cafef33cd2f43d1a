import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Access, Environment } from './environment.ts';
import { UsageError } from './errors.ts';
import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** An option of a command, with what the help says of it. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** Whether it may be given several times. Default: no, the last one counts. */
  readonly multiple?: boolean;
  /** What stands for its value in the help: `<seconds>`. */
  readonly value?: string;
  readonly about: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What was given for options: a text, or several, whether a flag is there, or nothing. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]?: ValueOf<O[Name]> | undefined;
};

type ValueOf<O extends Option> = O['type'] extends 'boolean'
  ? boolean
  : O['multiple'] extends true
    ? readonly string[]
    : string;

/** What a command that asks no broker is run with. */
export interface LocalRun<O extends Options> {
  readonly values: Values<O & typeof LOCAL>;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
  readonly variables: NodeJS.ProcessEnv;
  /** Aborted when a person wants it to end. */
  readonly signal: AbortSignal;
}

/** What every other command is run with. */
export interface Run<O extends Options> extends LocalRun<O & typeof COMMON> {
  readonly environment: Environment;
}

/** One command, ready to be run with its part of the command line. */
export interface Command {
  readonly name: string;
  readonly about: string;
  readonly help: string;
  run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode>;
}

/** What is the same for all commands of a process. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly variables: NodeJS.ProcessEnv;
}

/** Options of a command that asks no broker. */
const LOCAL = {
  json: { type: 'boolean', about: 'JSON instead of text' },
  help: { type: 'boolean', about: 'this text' },
} as const satisfies Options;

/** Options that every other command has. */
export const COMMON = {
  server: {
    type: 'string',
    value: '<address>',
    about: 'the broker (default NATS_URL, else nats://127.0.0.1:4222)',
  },
  prefix: {
    type: 'string',
    value: '<name>',
    about: 'the environment on the broker (default TROUPE_PREFIX, else none)',
  },
  ...LOCAL,
} as const satisfies Options;

/** What is said of a command to declare it. */
interface Declaration<O extends Options, R> {
  readonly name: string;
  /** What follows its name: `[<number>...] [options]`. */
  readonly usage: string;
  readonly about: string;
  /** More for the help: examples, what to mind. */
  readonly details?: string;
  readonly options: O;
  readonly run: (run: R) => Promise<ExitCode>;
}

/** Declares a command that asks a broker. */
export function command<const O extends Options>(declaration: Declaration<O, Run<O>>): Command {
  return localCommand<O & typeof COMMON>({
    ...declaration,
    options: { ...declaration.options, ...COMMON },
    async run(work) {
      const { variables } = work;
      const { server, prefix } = work.values as Values<typeof COMMON>;
      // The client of the broker is most of what there is to load.
      const { Environment } = await import('./environment.ts');
      const named = prefix ?? (variables.TROUPE_PREFIX || undefined);
      const environment = new Environment(accessOf(server, variables), named);
      try {
        return await declaration.run({ ...work, environment });
      } finally {
        await environment.close();
      }
    },
  });
}

/** Declares a command that asks no broker. */
export function localCommand<const O extends Options>(declaration: Declaration<O, LocalRun<O>>): Command {
  const { name, usage, about, details, options, run } = declaration;
  const all = { ...options, ...LOCAL };
  const help = [
    `troupe ${name} ${usage}`,
    '',
    about,
    ...(details === undefined ? [] : ['', details]),
    '',
    ...described(all),
  ].join('\n');
  return {
    name,
    about,
    help,
    async run(args, { terminal, signal, variables }) {
      const { values, positionals } = parse(args, all);
      if (values.help === true) {
        terminal.out(help);
        return 0;
      }
      return run({ values: values as LocalRun<O>['values'], positionals, terminal, variables, signal });
    },
  };
}

function accessOf(server: string | undefined, variables: NodeJS.ProcessEnv): Access {
  const servers = server ?? (variables.NATS_URL || undefined);
  const keyFile = variables.NATS_NKEY_FILE || undefined;
  const caFile = variables.NATS_CA_FILE || undefined;
  return {
    ...(servers !== undefined && { servers }),
    ...(keyFile !== undefined && { keyFile }),
    ...(caFile !== undefined && { caFile }),
  };
}

function parse(args: readonly string[], options: Options) {
  const config: ParseArgsOptionsConfig = Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: config, allowPositionals: true });
    return { values: values as Values<typeof COMMON>, positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function described(options: Options): string[] {
  const lines = Object.entries(options).map(([name, { value, about }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    about,
  ]);
  const width = Math.max(...lines.map(([option = '']) => option.length));
  return lines.map(([option = '', about = '']) => `  ${option.padEnd(width)}  ${about}`);
}
