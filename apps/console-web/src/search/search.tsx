import { type FormEvent, useId } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { whereAddress } from './addresses.ts';

/** As long as the console takes one. */
const LONGEST = 1_024;

/** The one field that takes whatever somebody knows of an order. */
export function Search({ isFirst = false }: { readonly isFirst?: boolean }) {
  const [, go] = useLocation();
  const [asked] = useSearchParams();
  const id = useId();
  const key = asked.get('key') ?? '';
  const search = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get('key')).trim();
    if (wanted !== '') go(whereAddress(wanted));
  };
  return (
    <search>
      <form action="/ui/where" className="search" onSubmit={search}>
        <label htmlFor={id}>Order id, flow id, message id, or any business key</label>
        <input
          key={key}
          id={id}
          name="key"
          type="search"
          placeholder={isFirst ? undefined : 'order id, flow id, message id …'}
          defaultValue={key}
          maxLength={LONGEST}
          required
          autoComplete="off"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: it is what the start page is for, and its first field.
          autoFocus={isFirst}
        />
        <button type="submit">Where is it?</button>
      </form>
    </search>
  );
}
