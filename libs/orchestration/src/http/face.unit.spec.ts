import { describe, expect, it } from 'vitest';
import type { Definition } from '../definition/definition.ts';
import { OrchestrationDefinitionError } from '../errors.ts';
import { FulfilmentRequested } from './desk.spec.support.ts';
import { faceOf, pathOf } from './face.ts';
import { httpFaces } from './faces.ts';

/** Of a definition, what a face is made from. */
function defined(path?: string | false): Definition {
  const options = { starts: FulfilmentRequested, ...(path !== undefined && { path }) };
  return {
    name: 'fulfilment',
    version: 2,
    options,
    contracts: new Map(),
    sends: [],
  } as unknown as Definition;
}

describe('the path of a face', () => {
  it('is the name and an s unless told otherwise, and none when there is to be none', () => {
    expect(faceOf(defined())?.path).toBe('fulfilments');
    expect(faceOf(defined('warehouse/jobs'))?.path).toBe('warehouse/jobs');
    expect(faceOf(defined(false))).toBeUndefined();
  });

  it.each(['', '/jobs', 'jobs/', 'Jobs', 'jobs/:id', 'a b'])('is refused as "%s"', (path) => {
    expect(() => faceOf(defined(path))).toThrow(OrchestrationDefinitionError);
  });

  it('is refused when another orchestration has it', () => {
    const face = faceOf(defined());
    if (face === undefined) throw new Error('no face');
    expect(() => httpFaces([face, { ...face, name: 'other' }])).toThrow('has the path /fulfilments of other');
  });

  it('carries any id', () => {
    const face = faceOf(defined());
    expect(face && pathOf(face, 'a/b c')).toBe('/fulfilments/a%2Fb%20c');
  });
});
