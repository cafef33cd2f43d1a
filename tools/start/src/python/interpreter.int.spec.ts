import { expect, it } from 'vitest';
import { pathWith } from '../fixtures/surroundings.ts';
import { findInterpreter } from './interpreter.ts';

const stop = new AbortController().signal;
const find = async (programs: Readonly<Record<string, string>>) =>
  findInterpreter({ PATH: await pathWith(programs) }, stop);
/** What a Python of that version answers. */
const python = (version: string, path: string) => `echo ${version}; echo ${path}`;

it('is the first Python that is new enough', async () => {
  expect(await find({ python3: python('3.12.4', '/py/3'), uv: 'echo uv 0.9.1' })).toEqual({
    tool: 'pip',
    path: '/py/3',
    version: '3.12.4',
  });
  expect(await find({ python3: python('3.9.1', '/py/3'), python: python('3.10.0', '/py/2') })).toMatchObject({
    path: '/py/2',
  });
});

it('is uv where no Python will do', async () => {
  const lame = `echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1`;
  expect(await find({ python3: lame, uv: 'echo uv 0.9.1' })).toEqual({ tool: 'uv', version: 'uv 0.9.1' });
});

it('is none, with the reason of each way', async () => {
  expect(await find({})).toEqual({
    problem:
      'neither Python 3.10 or newer nor uv is here: python3 is not installed, python is not installed, uv is not installed',
  });
  const lame = `echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1`;
  expect(
    await find({ python3: lame, python: python('2.7.18', '/py/2'), uv: 'echo torn >&2; exit 1' }),
  ).toEqual({
    problem:
      "neither Python 3.10 or newer nor uv is here: python3 does not run (ModuleNotFoundError: No module named 'ensurepip'), python is 2.7.18, uv does not run (torn)",
  });
});
