import { describe, expect, it } from 'vitest';
import { Wake } from '../direct/contracts.spec.support.ts';
import { stepOf } from '../fixtures.spec.support.ts';
import { declaredStep } from './declared-step.ts';
import { isNewer, isVersion, MANIFEST_KEY, manifestOf, readManifest } from './manifest.ts';

describe('a version', () => {
  it('is newer in the order of semantic versioning', () => {
    const ascending = [
      '0.0.9',
      '0.1.0',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.2',
      '1.0.0-alpha.10',
      '1.0.0-beta',
      '1.0.0',
      '1.0.1',
      '1.9.0',
      '1.10.0',
      '10.0.0',
    ];
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) expect(isNewer(a, b), `${a} > ${b}`).toBe(i > j);
    }
  });

  it('is not newer for its build', () => {
    expect(isNewer('1.0.0+b', '1.0.0+a')).toBe(false);
    expect(isNewer('1.0.0+a', '1.0.0+b')).toBe(false);
  });

  it.each(['1.2.3', '0.0.0', '1.2.3-rc.1', '1.2.3+4f', '1.2.3-rc.1+4f'])('may be %s', (version) => {
    expect(isVersion(version)).toBe(true);
  });

  it.each(['', '1', '1.2', 'v1.2.3', '1.2.3.4', '1.2.3-', '1.2.3 ', 'dev', '1.2.x'])(
    'is not %j',
    (version) => {
      expect(isVersion(version)).toBe(false);
    },
  );
});

describe('a manifest', () => {
  it('says what its step takes by itself, and which orchestration it is', () => {
    const step = stepOf({ direct: [Wake], orchestration: { name: 'fulfilment', version: 2 } });
    const metadata = { [MANIFEST_KEY]: JSON.stringify(manifestOf('shop', '1.0.0', declaredStep(step))) };
    expect(readManifest(metadata)).toEqual({
      format: 1,
      app: 'shop',
      version: '1.0.0',
      step: 'shop__authorize',
      consumes: ['order.placed.v1'],
      emits: [],
      direct: ['courier.wake.v1'],
      from: 'beginning',
      orchestration: { name: 'fulfilment', version: 2 },
    });
  });

  it('does not mention what its step has not', () => {
    expect(Object.keys(manifestOf('shop', '1.0.0', declaredStep(stepOf())))).toEqual([
      'format',
      'app',
      'version',
      'step',
      'consumes',
      'emits',
      'from',
    ]);
  });

  it.each([
    ['no metadata', undefined],
    ['none', {}],
    ['no JSON', { [MANIFEST_KEY]: '{' }],
    ['null', { [MANIFEST_KEY]: 'null' }],
    ['another format', { [MANIFEST_KEY]: '{"format":2,"consumes":[]}' }],
    ['one without contracts', { [MANIFEST_KEY]: '{"format":1}' }],
  ])('is unknown for %s', (_what, metadata) => {
    expect(readManifest(metadata)).toBeUndefined();
  });
});
