import { hash } from 'node:crypto';
import type { CompiledContract } from '@troupe/contract';
import { StepDefinitionError } from './errors.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 64;

/** Where the server itself has its JetStream API. */
const JETSTREAM_API = '$JS.API';

const SUBJECT = /^[\w$-]{1,64}(\.[\w$-]{1,64}){0,7}$/;

/** First tokens of our subjects: as a prefix, one environment's streams would take another's messages. */
const KINDS: readonly string[] = ['evt', 'cmd', 'rdv', 'sch', 'dlq', 'ntc', 'ins'];

/**
 * Every name the platform gives in the broker. With a prefix, several environments share one broker:
 * subjects get it as their first token, streams and buckets as `<prefix>_`.
 */
export class Names {
  readonly events: string;
  readonly deadLetters: string;
  readonly notices: string;
  readonly #token: string;
  readonly #streamPrefix: string;

  /**
   * @param prefix environment, `[a-z][a-z0-9-]*`, empty for none
   * @param api what the subjects of the JetStream API begin with in the app's account
   * @throws StepDefinitionError for one that the broker's names cannot carry
   */
  constructor(
    readonly prefix: string = '',
    readonly api: string = JETSTREAM_API,
  ) {
    if (prefix !== '') assertName('The prefix', prefix);
    if (!SUBJECT.test(api))
      throw new StepDefinitionError(
        `The prefix of the JetStream API is "${api}"; it is a subject such as ${JETSTREAM_API}, without a wildcard.`,
      );
    if (KINDS.includes(prefix)) {
      throw new StepDefinitionError(
        `The prefix is named "${prefix}", which begins the platform's own subjects; choose another one.`,
      );
    }
    this.#token = prefix === '' ? '' : `${prefix}.`;
    this.#streamPrefix = prefix === '' ? '' : `${prefix}_`;
    this.events = `${this.#streamPrefix}EVENTS`;
    this.deadLetters = `${this.#streamPrefix}DEAD_LETTERS`;
    this.notices = `${this.#streamPrefix}NOTICES`;
  }

  /** The stream that holds what comes back later to one app. */
  delayed(app: string): string {
    return `${this.#streamPrefix}DELAYED_${app}`;
  }

  /** A key-value bucket of the environment. */
  bucket(name: string): string {
    return `${this.#streamPrefix}${name}`;
  }

  /** The bucket of marks on what one app handles a second time. */
  crashes(app: string): string {
    return this.bucket(`crashes_${app}`);
  }

  /** The bucket of the orchestrations of one app. */
  orchestrations(app: string): string {
    return this.bucket(`orc_${app}`);
  }

  /** `evt.<domain>.<event>.v<major>` or `cmd.…`, to which a lane is added. */
  contractSubject(contract: Pick<CompiledContract<object>, 'kind' | 'type' | 'version'>): string {
    return `${this.#token}${contract.kind === 'event' ? 'evt' : 'cmd'}.${contract.type}.v${contract.version}`;
  }

  /** All subjects whose first own token is `kind`: `evt.>`. */
  all(kind: 'evt' | 'cmd' | 'dlq' | 'ntc'): string {
    return `${this.#token}${kind}.>`;
  }

  /** Subjects of the app's own stream: redrives and delayed retries, and schedules. */
  delayedSubjects(app: string): string[] {
    return [`${this.#token}rdv.${app}.>`, `${this.#token}sch.${app}.>`];
  }

  /** Where one step's redrives and delayed retries arrive, without the lane. */
  redriveSubject(app: string, step: string): string {
    return `${this.#token}rdv.${app}.${step}`;
  }

  /** Where a durable is asked for its next messages. */
  nextSubject(stream: string, durable: string): string {
    return `${this.api}.CONSUMER.MSG.NEXT.${stream}.${durable}`;
  }

  /** One schedule's own subject: several on one subject would overwrite one another. */
  scheduleSubject(app: string, unique: string): string {
    return `${this.#token}sch.${app}.${unique}`;
  }

  deadLetterSubject(app: string, step: string): string {
    return `${this.#token}dlq.${app}.${step}`;
  }

  /** Where the broker says which messages of EVENTS a consumer gave up; the stream of notices keeps it. */
  givenUpSubject(): string {
    return `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${this.events}.>`;
  }

  /** Where instances of an app hear of one another; no stream keeps it. */
  instancesSubject(app: string): string {
    return `${this.#token}ins.${app}`;
  }

  noticeSubject(kind: string, app: string, step: string): string {
    return `${this.#token}ntc.${kind}.${app}.${step}`;
  }
}

/** What the subjects begin with on which an app is answered: the broker can be told to let nobody else listen there. */
export function inboxOf(app: string): string {
  return `_INBOX_${app}`;
}

/** The durable on the stream of notices up to which sweeps are done. */
export const SWEEPER = 'dead-letter-sweeper';

/** `<app>__<step>`: the step's durable name. */
export function stepName(app: string, step: string): string {
  return `${app}__${step}`;
}

const LONGEST_TOKEN = 128;
const FIT_FOR_A_KEY = /^[A-Za-z0-9_/-][A-Za-z0-9_=/-]*$/;

/** The key of an orchestration's instance in its app's bucket, by the flow that it is. */
export function instanceKey(orchestration: string, flowId: string): string {
  return `i.${orchestration}.${keyToken(flowId)}`;
}

/** Strangers name their flows as they like: what a key cannot carry stands there by its digest, after a `=`. */
export function keyToken(id: string): string {
  return id.length <= LONGEST_TOKEN && FIT_FOR_A_KEY.test(id) ? id : `=${hash('sha256', id, 'base64url')}`;
}

/** `<app>__letters`: the app's durable on the stream of dead letters. */
export function lettersName(app: string): string {
  return stepName(app, 'letters');
}

/** `<app>__<step>__<type>_v<major>`, dots of the type as underscores (a type has none). */
export function consumerName(
  app: string,
  step: string,
  contract: Pick<CompiledContract<object>, 'type' | 'version'>,
): string {
  return durableOf(stepName(app, step), `${contract.type}.v${contract.version}`);
}

/** The same, from the step's durable name and the contract's id. */
export function durableOf(step: string, contractId: string): string {
  return `${step}__${contractId.replaceAll('.', '_')}`;
}

/** Refuses names that the broker's subjects and durables could not carry. */
export function assertName(what: string, name: string): void {
  if (!NAME.test(name) || name.length > LONGEST_NAME) {
    throw new StepDefinitionError(
      `${what} is named "${name}"; a name begins with a letter and is lower case letters, digits and single dashes, ${LONGEST_NAME} at most.`,
    );
  }
}
