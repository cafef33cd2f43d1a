import type { CompiledContract } from '@troupe/contract';
import type { Manifest } from '@troupe/jetstream';
import { UsageError, WorkspaceError } from '../errors.ts';
import type { Choreographed, Workspace } from '../workspace/workspace.ts';

/** What of a workspace says what steps there are. */
export type Declarations = Choreographed & Pick<Workspace, 'folder'>;

/** The step that is tried, as far as it is known. */
export interface Subject {
  readonly app: string;
  /** Its name in the app. */
  readonly step: string;
  /** `<app>__<step>` */
  readonly name: string;
  readonly consumes: readonly CompiledContract[];
  readonly emits: readonly CompiledContract[];
  readonly from: 'beginning' | 'now';
  readonly within?: string | undefined;
}

/** The name of a step, apart. */
export type SubjectName = Pick<Subject, 'app' | 'step' | 'name'>;

const NAME = /^([a-z][a-z0-9-]*)__([a-z][a-z0-9-]*)$/;

/** @throws UsageError for what is no `<app>__<step>` */
export function subjectNamed(name: string): SubjectName {
  const [, app, step] = NAME.exec(name) ?? [];
  if (app === undefined || step === undefined)
    throw new UsageError(`"${name}" is no step: say <app>__<step>, such as payments__authorize.`);
  return { app, step, name };
}

/**
 * The step as the workspace declares it; undefined when none of its apps is the step's.
 * @throws UsageError when the app is there, and has no such step
 */
export function declaredIn({ apps }: Declarations, subject: SubjectName): Subject | undefined {
  const app = apps.find((one) => one.app === subject.app);
  if (app === undefined) return undefined;
  const step = app.steps.find((one) => one.name === subject.name);
  if (step !== undefined) return { ...subject, ...step };
  const known = app.steps.map((one) => one.name).join(', ') || 'none';
  throw new UsageError(`The app ${subject.app} has no step ${subject.name}; it has ${known}.`);
}

/**
 * The step as it describes itself in the broker.
 * @throws WorkspaceError when no package has one of its contracts
 */
export function describedBy(
  { consumes, emits, from, within }: Manifest,
  subject: SubjectName,
  workspace: Declarations,
): Subject {
  const named = (id: string): CompiledContract => {
    const contract = workspace.contracts.find((one) => one.id === id);
    if (contract !== undefined) return contract;
    throw new WorkspaceError(workspace.folder, `has no contract ${id}, which ${subject.name} names.`);
  };
  return { ...subject, consumes: consumes.map(named), emits: emits.map(named), from, within };
}
