import type { CompiledContract } from '@troupe/contract';
import { type Field, fieldsOf } from './fields.ts';
import { type Html, html } from './html.ts';
import { table } from './layout.ts';

const TITLES = ['Field', 'Type', 'Required', 'Limits', 'Description', 'Examples'];

/** The fields of a contract, and what a schema cannot say of them. */
export function fieldTable({ id, producedSchema, fallbackReasons }: CompiledContract): Html {
  const fields = fieldsOf(producedSchema);
  return html`${fields.length === 0 ? html`<p>No field can be shown.</p>` : table(`Fields of ${id}`, TITLES, fields.map(row))}
${rest(fallbackReasons)}`;
}

function row({ path, type, required, limits, description, examples, ...marks }: Field): Html {
  const shown = examples.map((example) => html`<code>${JSON.stringify(example)}</code>`);
  return html`<tr><th scope="row"><code>${path}</code>${marksOf(marks)}</th><td>${type}</td><td>${required ? 'yes' : 'no'}</td><td>${items(limits)}</td><td>${description}</td><td>${items(shown)}</td></tr>
`;
}

function marksOf({
  deprecated,
  sensitive,
  businessKey,
}: Pick<Field, 'deprecated' | 'sensitive' | 'businessKey'>) {
  const marks = [
    ...(businessKey ? ['business key'] : []),
    ...(sensitive ? ['sensitive'] : []),
    ...(deprecated ? ['deprecated'] : []),
  ];
  return marks.map((mark) => html` <span class="mark">${mark}</span>`);
}

function items(contents: readonly (string | Html)[]): Html | string | undefined {
  if (contents.length < 2) return contents[0];
  return html`<ul>${contents.map((one) => html`<li>${one}</li>`)}</ul>`;
}

function rest(reasons: readonly string[]): Html | undefined {
  if (reasons.length === 0) return undefined;
  return html`<p>A schema cannot say all that is checked:</p>
<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`;
}
