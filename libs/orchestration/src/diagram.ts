import type { StateValue } from './record.ts';
import {
  activePaths,
  type MachineStructure,
  type StateStructure,
  type TransitionStructure,
} from './structure.ts';

/**
 * Draws a machine as a Mermaid state diagram (`stateDiagram-v2`).
 * @param current the state value whose innermost states are marked; absent, none are
 */
export function diagramOf({ root }: MachineStructure, current?: StateValue): string {
  const names = namesOf(root);
  const lines = [
    'stateDiagram-v2',
    ...(root.type === 'parallel' ? drawn({ ...root, transitions: [] }, names) : inside(root, names)),
    ...fromEverywhere(root, names),
  ];
  const marked = current === undefined ? [] : activePaths(current).flatMap((path) => names.get(path) ?? []);
  if (marked.length > 0)
    lines.push(
      'classDef current fill:#ffd866,stroke:#8a6d00,color:#222',
      `class ${marked.join(',')} current`,
    );
  return `${lines.join('\n')}\n`;
}

/** Mermaid's identifier for each path: letters, digits and underscores, unique. */
function namesOf(root: StateStructure): Map<string, string> {
  const names = new Map<string, string>();
  const used = new Set<string>();
  const visit = (state: StateStructure): void => {
    const plain = (state.path === '' ? state.key : state.path).replace(/\W/g, '_');
    let name = RESERVED.has(plain) || /^\d/.test(plain) ? `s_${plain}` : plain;
    for (let n = 2; used.has(name); n++) name = `${plain}_${n}`;
    used.add(name);
    names.set(state.path, name);
    state.states.forEach(visit);
  };
  visit(root);
  return names;
}

const RESERVED = new Set([
  'state',
  'note',
  'end',
  'class',
  'classDef',
  'style',
  'direction',
  'default',
  'as',
]);

/** What stands between the braces of a state. */
function inside(state: StateStructure, names: ReadonlyMap<string, string>): string[] {
  const initial = state.states.find(({ key }) => key === state.initial);
  const begin = initial === undefined ? [] : [`[*] --> ${names.get(initial.path)}`];
  return [...begin, ...state.states.flatMap((child) => drawn(child, names))];
}

function drawn(state: StateStructure, names: ReadonlyMap<string, string>): string[] {
  const name = names.get(state.path) as string;
  const label = escaped(state.type === 'history' ? `${state.key} (history)` : state.key);
  const declared = label === name ? [] : [`state "${label}" as ${name}`];
  const arrows = state.transitions.flatMap((one) => arrowsFrom(name, one, names));
  const notes = (state.handsOff ?? []).map(
    (what) => `note right of ${name} : ${escaped(`hands off ${what}`)}`,
  );
  const end = [...(state.type === 'final' ? [`${name} --> [*]`] : []), ...notes];
  if (state.states.length === 0) return [...(declared.length > 0 ? declared : [name]), ...arrows, ...end];
  const regions =
    state.type === 'parallel' ? state.states.map((child) => drawn(child, names)) : [inside(state, names)];
  const body = regions.flatMap((region, index) => (index === 0 ? region : ['--', ...region]));
  return [...declared, `state ${name} {`, ...body.map((line) => `  ${line}`), '}', ...arrows, ...notes];
}

function arrowsFrom(
  name: string,
  { on, guard, targets }: TransitionStructure,
  names: ReadonlyMap<string, string>,
): string[] {
  const label = escaped(
    [on, ...(guard === undefined ? [] : [`[${guard}]`])].filter((part) => part !== '').join(' '),
  );
  return targets.map((target) => `${name} --> ${names.get(target)}${label === '' ? '' : `: ${label}`}`);
}

/** Mermaid draws no arrow from the whole: what the root takes is drawn from each of its states that is no end. */
function fromEverywhere(root: StateStructure, names: ReadonlyMap<string, string>): string[] {
  const states = root.states.filter(({ type }) => type !== 'final' && type !== 'history');
  return states.flatMap(({ path }) =>
    root.transitions.flatMap((one) => arrowsFrom(names.get(path) as string, one, names)),
  );
}

/** What Mermaid would read as its own is written as an entity. */
function escaped(text: string): string {
  return text.replace(/[^\w .,()[\]/+*-]/g, (character) => `#${character.codePointAt(0)};`);
}
