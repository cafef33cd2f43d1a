import { expect, it } from 'vitest';
import { html } from './html.ts';

it('escapes what is put into it, in elements and attributes, and no HTML twice', () => {
  const hostile = `<img src=x onerror="alert('&')">`;
  const escaped = '&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;';
  expect(html`<p title="${hostile}">${html`<b>${hostile}</b>`}</p>`.text).toBe(
    `<p title="${escaped}"><b>${escaped}</b></p>`,
  );
});

it('joins lists, and leaves out what is not there', () => {
  expect(html`<ul>${[1, 'two'].map((one) => html`<li>${one}</li>`)}</ul>${undefined}`.text).toBe(
    '<ul><li>1</li><li>two</li></ul>',
  );
});
