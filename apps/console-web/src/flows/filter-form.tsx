import type { FormEvent } from 'react';
import { useLocation } from 'wouter';
import type { Flow } from '../api/answers.ts';
import { flowsAddress } from '../search/addresses.ts';
import { type Filter, partsOf, SINCE } from './filter.ts';

/** Each of them, however many there come to be. */
const STATES = Object.keys({ running: 0, completed: 0, stalled: 0, failed: 0 } satisfies Record<
  Flow['state'],
  0
>);
/** As long as the console takes one. */
const LONGEST = 1_024;

/** Asks for other flows, from the youngest on. */
export function FilterForm({ filter }: { readonly filter: Filter }) {
  const [, go] = useLocation();
  const change = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const part = (name: string): string => String(form.get(name) ?? '').trim();
    go(flowsAddress(partsOf({ state: part('state'), type: part('type'), since: part('since'), cursor: '' })));
  };
  return (
    <form action="/ui/flows" className="filter" onSubmit={change}>
      <label>
        State
        <select
          name="state"
          defaultValue={filter.state}
          onChange={(event) => event.target.form?.requestSubmit()}
        >
          <option value="">any</option>
          {STATES.map((state) => (
            <option key={state}>{state}</option>
          ))}
        </select>
      </label>
      <label>
        Opened by
        <input
          name="type"
          defaultValue={filter.type}
          placeholder="order.placed.v1"
          maxLength={LONGEST}
          autoComplete="off"
          spellCheck={false}
        />
      </label>
      <label>
        Began
        <select
          name="since"
          defaultValue={filter.since}
          onChange={(event) => event.target.form?.requestSubmit()}
        >
          <option value="">at any time</option>
          {Object.entries(SINCE).map(([since, { name }]) => (
            <option key={since} value={since}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">Show</button>
    </form>
  );
}
