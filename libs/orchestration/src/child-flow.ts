/** What the id of a flow says of the hand-off that opened it. */
export interface ChildFlow {
  /** The flow that handed off. */
  readonly parent: string;
  /** Of the hand-off. */
  readonly name: string;
  /** The how manieth of that name it is, from 1. */
  readonly n: number;
}

/** The flow that a hand-off opens. Whoever sees a message of it knows whose it is, and need not have kept anything. */
export function childFlowId({ parent, name, n }: ChildFlow): string {
  return `${parent}/${name}/${n}`;
}

const CHILD = /^(.+)\/([a-z][a-z0-9-]*)\/([1-9]\d{0,8})$/s;

/** Reads such an id; undefined for the id of a flow that nobody handed off to. */
export function childFlowOf(flowId: string): ChildFlow | undefined {
  const [, parent, name, n] = CHILD.exec(flowId) ?? [];
  return parent === undefined || name === undefined ? undefined : { parent, name, n: Number(n) };
}
