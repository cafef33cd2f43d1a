import { useState } from 'react';

/** An id, to be read and to be copied: a click selects all of it, where the browser gives no access to the clipboard. */
export function Id({ of, id }: { readonly of: string; readonly id: string }) {
  const [copied, setCopied] = useState('');
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(id);
    setCopied(id);
  };
  return (
    <span className="id">
      <code>{id}</code>
      {/* Browsers give it to pages of this machine and of https addresses alone. */}
      {'clipboard' in navigator && (
        <button type="button" onClick={() => void copy()} aria-label={`Copy ${of} ${id}`}>
          {copied === id ? 'copied' : 'copy'}
        </button>
      )}
    </span>
  );
}
