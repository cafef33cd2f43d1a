import { validatorOf } from '@troupe/contract';
import { CompletionReport, emptyReport } from '../report.ts';
import { ask, NoAnswer } from './ask.ts';

/** After a console that did not answer, no completion waits for it for so long. */
const PAUSE_MS = 5_000;

/** As many contracts as a console takes in one question; a hand-off has fewer, but for older majors. */
const MOST_ENDS = 20;

/** Reports of flows, from the console that the app was told of. Whatever is wrong with that is said in the report. */
export class Reports {
  readonly #console: string | undefined;
  #pausedUntil = 0;
  #why = '';

  constructor(consoleUrl: string | undefined) {
    this.#console = consoleUrl?.replace(/\/$/, '');
  }

  /**
   * Never throws. Asks nobody for some seconds when the last answer did not come.
   * @param ends ids of the contracts that end the flow
   */
  async of(flowId: string, ends: Iterable<string>): Promise<CompletionReport> {
    if (Date.now() < this.#pausedUntil) return emptyReport(flowId, this.#why);
    return this.#ask(flowId, { ends: listOf(ends) });
  }

  /** The same, whatever came of it before, and with the data of the ends. */
  withData(flowId: string, ends: Iterable<string>): Promise<CompletionReport> {
    return this.#ask(flowId, { ends: listOf(ends), data: 'true' });
  }

  async #ask(flowId: string, query: Record<string, string>): Promise<CompletionReport> {
    if (this.#console === undefined)
      return emptyReport(
        flowId,
        'no ledger is known: neither TROUPE_LEDGER_URL nor TROUPE_CONSOLE_URL is set',
      );
    try {
      const path = `flows/${encodeURIComponent(flowId)}/report?${new URLSearchParams(query)}`;
      const body = await ask(`${this.#console}/${path}`);
      this.#pausedUntil = 0;
      return body === undefined
        ? emptyReport(flowId, 'the ledger does not know the flow (yet)')
        : reportIn(body, flowId);
    } catch (error) {
      this.#why = `the ledger ${error instanceof NoAnswer ? error.message : 'could not be asked'}`;
      this.#pausedUntil = Date.now() + PAUSE_MS;
      return emptyReport(flowId, this.#why);
    }
  }
}

function listOf(ends: Iterable<string>): string {
  return [...ends].slice(0, MOST_ENDS).join(',');
}

function reportIn(body: unknown, flowId: string): CompletionReport {
  const [violation] = validatorOf(CompletionReport).violations(body, 'keep');
  if (violation !== undefined)
    return emptyReport(
      flowId,
      `the ledger answered with what is no report: ${violation.path} ${violation.message}`,
    );
  return { ...(body as CompletionReport), flowId };
}
