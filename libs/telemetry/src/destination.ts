/** What a subject says about the destination of a message. */
export interface Destination {
  /** `messaging.destination.template`: the subject without what varies per message. */
  readonly template: string;
  /** The lane, where the subject ends in one. */
  readonly lane: string | undefined;
}

/** Kinds of subjects whose last token varies per message, and what stands for it in the template. */
const VARYING: Readonly<Record<string, string>> = {
  evt: '{lane}',
  cmd: '{lane}',
  rdv: '{lane}',
  sch: '{schedule}',
};

/** Reads `[<prefix>.]<kind>.….<last>`: metrics and span names must not multiply by lane or by schedule. */
export function destinationOf(subject: string): Destination {
  const [first = '', second = ''] = subject.split('.', 2);
  const placeholder = VARYING[first] ?? VARYING[second];
  const dot = subject.lastIndexOf('.');
  if (placeholder === undefined || dot < 0) {
    return { template: subject, lane: undefined };
  }
  return {
    template: `${subject.slice(0, dot)}.${placeholder}`,
    lane: placeholder === '{lane}' ? subject.slice(dot + 1) : undefined,
  };
}
