import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import type { Ended } from '../command-line.spec.support.ts';
import { endOf } from '../workshop.spec.support.ts';

/** The workspace of the platform and its order system. */
export const here = join(import.meta.dirname, '../../../..');

/** What V8 made of the modules: the next process compiles nothing again. */
export const NODE_COMPILE_CACHE = join(here, 'node_modules/.cache/troupe/compiled');

/** Runs `troupe …` in a folder to its end, without a broker. */
export function troupeIn(folder: string, ...args: string[]): Promise<Ended> {
  return troupeWith({}, folder, ...args);
}

/** The same with environment variables, which may name a broker. */
export function troupeWith(variables: NodeJS.ProcessEnv, folder: string, ...args: string[]): Promise<Ended> {
  const child = begin(variables, folder, args);
  onTestFinished(() => void child.kill('SIGKILL'));
  return endOf(child);
}

/** The same for one of several tests that run at once, whose context it is. */
export function troupeAmong({ onTestFinished: atEnd }: TestContext, ...args: string[]): Promise<Ended> {
  const child = begin({}, here, args);
  atEnd(() => void child.kill('SIGKILL'));
  return endOf(child);
}

function begin(variables: NodeJS.ProcessEnv, folder: string, args: readonly string[]): ChildProcess {
  const bin = join(here, 'tools/cli/bin/troupe.mjs');
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...variables };
  const child = spawn(process.execPath, [bin, ...args], { env, cwd: folder });
  child.stdin.end();
  return child;
}

/** A step as `order.placed > order.paid order.declined`: consumes > emits. */
export type Steps = Readonly<Record<string, string>>;

/** A workspace of a team that uses the platform: one contract package, and apps on it. */
export interface Fixture {
  /** `order.placed`, each an event of version 1 with one field; of the domain `do`, a command. */
  readonly contracts: readonly string[];
  readonly apps: Readonly<Record<string, { produces?: string; steps?: Steps; flow?: string }>>;
}

/** Writes a workspace as it is after a build. It is gone after the test. */
export async function workspaceOf({ contracts, apps }: Fixture): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'troupe-workspace-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  await symlink(join(here, 'node_modules'), join(folder, 'node_modules'));
  await writeJson(join(folder, 'package.json'), {
    name: 'team',
    version: '2.1.0',
    workspaces: ['packages/*'],
  });
  await writePackage(folder, 'contracts', { contracts: true }, contractsSource(contracts));
  for (const [app, { produces = '', steps = {}, flow }] of Object.entries(apps)) {
    await writePackage(folder, app, { module: './index.js' }, appSource(app, produces, steps, flow));
  }
  return folder;
}

async function writePackage(folder: string, name: string, troupe: object, source: string): Promise<void> {
  const at = join(folder, 'packages', name);
  await mkdir(at, { recursive: true });
  await writeJson(join(at, 'package.json'), {
    name: `@team/${name}`,
    type: 'module',
    exports: { '.': './index.js' },
    troupe,
  });
  await writeFile(join(at, 'index.js'), source);
}

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, JSON.stringify(value));
}

function contractsSource(types: readonly string[]): string {
  const classes = types.map((type) => {
    const kind = type.startsWith('do.') ? 'command' : 'event';
    const options = JSON.stringify({
      type,
      version: 1,
      kind,
      owner: 'team',
      description: `A <b>${type}</b>.`,
    });
    return `
export class ${classOf(type)} {}
IsString()(${classOf(type)}.prototype, 'id');
Contract(${options})(${classOf(type)});`;
  });
  return `import { Contract } from '@troupe/contract';
import { IsString } from 'class-validator';
${classes.join('\n')}
`;
}

function appSource(app: string, produces: string, steps: Steps, flow: string | undefined): string {
  const methods = Object.entries(steps).map(([name, ways]) => {
    const [on = '', emits = ''] = ways.split('>');
    return `
Steps.prototype.${name} = () => {};
Step({ name: '${name}', on: ${classesOf(on)}, emits: ${classesOf(emits)}, from: 'beginning' })(Steps.prototype, '${name}');`;
  });
  const [starts = '', ends = ''] = flow?.split('>') ?? [];
  return `import { Module } from '@nestjs/common';
import { Flow, Step, TroupeModule } from '@troupe/nest';
import * as contracts from '../contracts/index.js';

class Steps {}
${methods.join('\n')}
${flow === undefined ? '' : `Flow({ starts: ${classesOf(starts)}[0], ends: ${classesOf(ends)} })(Steps);`}

export class AppModule {}
Module({
  imports: [TroupeModule.forRoot({ app: '${app}', produces: ${classesOf(produces)} })],
  providers: [Steps],
})(AppModule);
`;
}

function classesOf(types: string): string {
  return `[${types
    .split(' ')
    .filter(Boolean)
    .map((type) => `contracts.${classOf(type)}`)}]`;
}

function classOf(type: string): string {
  return type.replace(/(^|[.-])([a-z])/g, (_, _before, letter: string) => letter.toUpperCase());
}
