import { useAnswer } from '../api/answer.ts';
import type { StoredMessage } from '../api/answers.ts';
import { TroubleNote } from '../parts/trouble.tsx';
import { safeLink } from '../search/addresses.ts';

/** What a message says, as the console shows it: without sensitive values. A stored message never changes. */
export function Payload({ stream, seq }: Pick<StoredMessage, 'stream' | 'seq'>) {
  const asked = useAnswer<StoredMessage>(`/messages/${encodeURIComponent(stream)}/${seq}`, () => false);
  const { answer } = asked;
  return (
    <>
      <TroubleNote of={asked} />
      {answer !== undefined && <Content of={answer} />}
    </>
  );
}

function Content({
  of: { subject, storedAt, size, headers, body, trace, links },
}: {
  readonly of: StoredMessage;
}) {
  const link = safeLink(links.trace ?? '');
  return (
    <>
      <p className="quiet">
        <code>{subject}</code>, stored {storedAt}, {size} bytes
        {link !== undefined && (
          <>
            , <a href={link}>trace {trace}</a>
          </>
        )}
      </p>
      {body.kind === 'json' ? (
        <pre>{JSON.stringify(body.value, null, 2)}</pre>
      ) : (
        <p>What it says is not shown: {body.value}.</p>
      )}
      <details>
        <summary>{headers.length} headers</summary>
        <dl className="headers">
          {headers.map(([name, values]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{values.join(', ')}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}
