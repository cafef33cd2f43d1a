import { type Context, context } from '@opentelemetry/api';
import type {
  Instrumentation,
  ObservedMessage,
  Outcome,
  ProcessObservation,
  SendObservation,
  StepName,
  TraceHeaders,
} from '@troupe/jetstream';
import type { Meters } from './metrics/meters.ts';
import type { SendMeter } from './metrics/send-meter.ts';
import type { ProcessTimer } from './metrics/step-meter.ts';
import { currentProcessing, type Processing, runProcessing } from './processing.ts';
import type { MessageSpans, ProcessSpan, SendSpan } from './traces/spans.ts';

/** Counts, traces and names to the log what the runtime does, each only where it is wanted. */
export class MessageInstrumentation implements Instrumentation {
  /** Only where it is traced: what it is told costs something to find out. */
  readonly part?: NonNullable<Instrumentation['part']>;

  constructor(
    private readonly meters: Meters | undefined,
    private readonly spans: MessageSpans | undefined,
  ) {
    if (spans !== undefined)
      this.part = (name, startedAt, attributes) => spans.part(name, startedAt, attributes);
  }

  process(step: StepName, message: ObservedMessage, redelivered: boolean): ProcessObservation {
    return new ObservedProcess(
      step,
      message,
      this.meters?.process(step, message),
      this.spans?.process(step, message, redelivered),
    );
  }

  send(app: string, message: ObservedMessage, cause: ProcessObservation | undefined): SendObservation {
    const observed = cause instanceof ObservedProcess ? cause : undefined;
    return new ObservedSend(
      observed?.message ?? currentProcessing()?.message,
      this.meters?.send(message.subject),
      this.spans?.send(app, message, observed?.context),
    );
  }
}

class ObservedProcess implements ProcessObservation, Processing {
  constructor(
    readonly step: StepName,
    readonly message: ObservedMessage,
    private readonly timer: ProcessTimer | undefined,
    private readonly span: ProcessSpan | undefined,
  ) {}

  /** OpenTelemetry's; undefined when nothing is traced. */
  get context(): Context | undefined {
    return this.span?.context;
  }

  run<T>(handler: () => T): T {
    return this.context === undefined
      ? runProcessing(this, handler)
      : context.with(this.context, () => runProcessing(this, handler));
  }

  end(outcome: Outcome, error?: unknown): void {
    this.timer?.end(outcome, error);
    this.span?.end(outcome, error);
  }
}

const NO_TRACE: TraceHeaders = {};

class ObservedSend implements SendObservation {
  readonly headers: TraceHeaders;
  readonly #startedAt = performance.now();

  /** Without a span of its own, a message passes on the trace of the one that caused it. */
  constructor(
    cause: TraceHeaders | undefined,
    private readonly meter: SendMeter | undefined,
    private readonly span: SendSpan | undefined,
  ) {
    this.headers = span?.headers ?? cause ?? NO_TRACE;
  }

  end(error?: unknown): void {
    this.meter?.ended(this.#startedAt, error);
    this.span?.end(error);
  }
}
