import { stepName } from '../naming.ts';
import type { OrchestrationManifest } from '../step.ts';
import type { DeclaredStep } from './declared-step.ts';

/** Key of the manifest in a consumer's metadata. */
export const MANIFEST_KEY = 'troupe-manifest';

/** What a step tells the broker about itself: the broker is the registry. Kept in its consumers' metadata as JSON. */
export interface Manifest {
  /** Format of this record. */
  readonly format: 1;
  readonly app: string;
  /** Version of the app that wrote it (semantic versioning); an older build never changes it. */
  readonly version: string;
  /** Durable name `<app>__<step>`. */
  readonly step: string;
  /** Ids of all contracts that it accepts, those that it upcasts among them: `order.placed.v1`. */
  readonly consumes: readonly string[];
  /** Contract ids. */
  readonly emits: readonly string[];
  /** Ids of the contracts of messages that come to this step alone, when there are any. */
  readonly direct?: readonly string[];
  readonly from: 'beginning' | 'now';
  /** Deadline of the next event after an input, when the step declares one. */
  readonly within?: string;
  /** The orchestration that the step is, when it is one. */
  readonly orchestration?: OrchestrationManifest;
}

export function manifestOf(app: string, version: string, step: DeclaredStep): Manifest {
  return {
    format: 1,
    app,
    version,
    step: stepName(app, step.name),
    consumes: step.consumes.map(({ id }) => id),
    emits: step.emits.map(({ id }) => id),
    ...(step.direct === undefined ? {} : { direct: step.direct.map(({ id }) => id) }),
    from: step.from,
    ...(step.within === undefined ? {} : { within: step.within }),
    ...(step.orchestration === undefined ? {} : { orchestration: step.orchestration }),
  };
}

/** Reads a manifest from consumer metadata; undefined when there is none, or none that this build can read. */
export function readManifest(metadata: Record<string, string> | undefined): Manifest | undefined {
  const text = metadata?.[MANIFEST_KEY];
  if (text === undefined) return undefined;
  try {
    const manifest = JSON.parse(text) as Manifest;
    return manifest.format === 1 && Array.isArray(manifest.consumes) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Whether `a` is a newer semantic version than `b` (pre-releases are older than their release). */
export function isNewer(a: string, b: string): boolean {
  const [left, right] = [parse(a), parse(b)];
  for (let i = 0; i < 3; i++) {
    if (left.numbers[i] !== right.numbers[i]) return left.numbers[i]! > right.numbers[i]!;
  }
  if (left.tag === right.tag) return false;
  if (left.tag === '' || right.tag === '') return left.tag === '';
  return left.tag.localeCompare(right.tag, 'en', { numeric: true }) > 0;
}

/** Whether it is a semantic version, `1.2.3` with an optional pre-release and build. */
export function isVersion(text: string): boolean {
  return /^\d{1,9}\.\d{1,9}\.\d{1,9}(-[0-9A-Za-z.-]{1,64})?(\+[0-9A-Za-z.-]{1,64})?$/.test(text);
}

function parse(version: string): { numbers: [number, number, number]; tag: string } {
  const match = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,64}))?/.exec(version);
  if (match === null) return { numbers: [0, 0, 0], tag: version };
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], tag: match[4] ?? '' };
}
