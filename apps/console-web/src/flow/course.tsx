import { memo, useMemo, useState } from 'react';
import type { Flow, Message } from '../api/answers.ts';
import { duration } from '../parts/duration.ts';
import { Id } from '../parts/id.tsx';
import { Time } from '../parts/moment.tsx';
import { State, type StateName } from '../parts/state.tsx';
import { Payload } from './payload.tsx';
import { rowsOf } from './rows.ts';
import { lateness, standing } from './settlement.ts';

/** Lines that are shown before somebody asks for more. */
const FIRST = 300;
/** From there on lines are not moved in any further: they would leave no room for text. */
const DEEPEST = 12;

/** What became of each message of a flow, line by line. */
export function Course({ flow, now }: { readonly flow: Flow; readonly now: number }) {
  const [isWhole, setWhole] = useState(false);
  const rows = useMemo(() => rowsOf(flow), [flow]);
  const shown = isWhole ? rows : rows.slice(0, FIRST);
  return (
    <>
      <ol className="course" aria-label="Messages and steps">
        {shown.map(({ key, depth, message, step }) => (
          // biome-ignore lint/a11y/useAriaPropsSupportedByRole: WAI-ARIA 1.2 has it for the items of a list.
          <li key={key} aria-level={depth + 1} className={`deep-${Math.min(depth, DEEPEST)}`}>
            {step === undefined ? (
              <MessageLine message={message} afterMs={message.at - flow.startedAt} />
            ) : (
              <StepLine
                step={step.step}
                state={step.settlement.state}
                standing={standing(step, message, now)}
                late={lateness(step)}
                retries={step.retries}
              />
            )}
          </li>
        ))}
      </ol>
      {rows.length > shown.length && (
        <p>
          <button type="button" onClick={() => setWhole(true)}>
            Show all {rows.length} lines
          </button>
        </p>
      )}
    </>
  );
}

const MessageLine = memo(({ message, afterMs }: { readonly message: Message; readonly afterMs: number }) => {
  const [isOpen, setOpen] = useState(false);
  const { type, at, stream, seq, direct } = message;
  return (
    <>
      <button
        type="button"
        className="message"
        aria-expanded={isOpen}
        aria-label={`${type}, ${stream}/${seq}`}
        onClick={() => setOpen(!isOpen)}
      >
        {type}
      </button>{' '}
      <span className="quiet">
        <Time at={at} text={`+${duration(afterMs)}`} /> {direct && 'to one step alone '}
        <code>
          {stream}/{seq}
        </code>
      </span>
      {isOpen && (
        <div className="opened">
          <p>
            Message <Id of="message id" id={message.id} /> from <code>{message.source}</code>
          </p>
          <Payload stream={stream} seq={seq} />
        </div>
      )}
    </>
  );
});

interface StepShown {
  readonly step: string;
  readonly state: StateName;
  readonly standing: string;
  readonly late: string | undefined;
  readonly retries: number;
}

const StepLine = memo(({ step, state, standing, late, retries }: StepShown) => (
  <>
    <span className="step">{step.replace('__', '/')}</span> <State state={state} />
    {standing !== '' && (
      <>
        {' '}
        <span>{standing}</span>
      </>
    )}
    {retries > 0 && (
      <span className="quiet">
        {' '}
        after {retries} {retries === 1 ? 'retry' : 'retries'}
      </span>
    )}
    {late !== undefined && (
      <>
        {' '}
        <State state="overdue" /> {late}
      </>
    )}
  </>
));
