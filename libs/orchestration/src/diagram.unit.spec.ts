import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { diagramOf } from './diagram.ts';
import { courierOptions } from './engine/courier.spec.support.ts';
import { parcelMachine } from './parcel.spec.support.ts';
import { activePaths, structureOf } from './structure.ts';

describe('a diagram', () => {
  it('shows states, what leads from one to the next, and where an instance is', () => {
    const structure = structureOf(parcelMachine);
    expect(JSON.parse(JSON.stringify(structure))).toEqual(structure);
    expect(diagramOf(structure, 'waiting')).toBe(
      [
        'stateDiagram-v2',
        '[*] --> reserving',
        'reserving',
        'reserving --> picking: station.reserved',
        'picking',
        'picking --> waiting: picks.joined',
        'waiting',
        'waiting --> ready: parcel.paid',
        'waiting --> unpaid: after 1d',
        'ready',
        'ready --> [*]',
        'unpaid',
        'unpaid --> [*]',
        'classDef current fill:#ffd866,stroke:#8a6d00,color:#222',
        'class waiting current',
        '',
      ].join('\n'),
    );
  });

  it('shows regions, inner states, guards and what is taken everywhere', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'both',
      on: { stop: '.end' },
      states: {
        both: {
          type: 'parallel',
          states: {
            'left side': {
              initial: 'a',
              states: { a: { on: { go: { target: 'b', guard: 'ready' } } }, b: {} },
            },
            right: { initial: 'c', states: { c: {} } },
          },
        },
        end: { type: 'final' },
      },
    });
    const drawn = diagramOf(structureOf(machine), { both: { 'left side': 'b', right: 'c' } });
    expect(drawn.split('\n')).toEqual(
      expect.arrayContaining([
        'state both {',
        '  state "left side" as both_left_side',
        '  --',
        '    state "b" as both_left_side_b',
        '    both_left_side_a --> both_left_side_b: go [ready]',
        'both --> s_end: stop',
        's_end --> [*]',
        'class both_left_side_b,both_right_c current',
      ]),
    );
  });

  it('notes what is handed off in a state', () => {
    const { machine } = courierOptions();
    expect(diagramOf(structureOf(machine)).split('\n')).toEqual(
      expect.arrayContaining([
        'shipping --> ready: carrier.completed [last]',
        'note right of shipping : hands off carrier#58; parcel.consigned.v1',
      ]),
    );
  });

  it('escapes what Mermaid would read as its own', () => {
    const machine = createMachine({ initial: 'a', states: { a: { on: { 'x; y"': 'a"b' } }, 'a"b': {} } });
    const drawn = diagramOf(structureOf(machine));
    expect(drawn).toContain('state "a#34;b" as a_b');
    expect(drawn).toContain('a --> a_b: x#59; y#34;');
  });

  it('marks the innermost states of a state value', () => {
    expect(activePaths({ a: { b: 'c', d: {} }, e: 'f' })).toEqual(['a.b.c', 'a.d', 'e.f']);
  });
});
