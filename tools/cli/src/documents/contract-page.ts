import { Names } from '@troupe/jetstream';
import type { Documented, Party } from './documented.ts';
import { examplesOf } from './examples.ts';
import { fieldTable } from './field-table.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { contractFile, INDEX, schemaFile } from './paths.ts';

const names = new Names();

/** The page of one contract. */
export function contractPage(documented: Documented): string {
  const { contract, sentBy, consumedBy } = documented;
  const { id, description } = contract;
  return layout(
    id,
    html`<nav aria-label="Breadcrumb"><a href="../${INDEX}">All contracts</a></nav>
<main>
<h1><code>${id}</code></h1>
<p>${description}</p>
${facts(documented)}
<h2>Sent by</h2>
${parties(sentBy)}
<h2>Consumed by</h2>
${parties(consumedBy)}
<h2>Fields</h2>
<p>A sender may send these fields and no other. A consumer keeps fields that it does not know.</p>
${fieldTable(contract)}
${examples(contract)}
<h2>Versions</h2>
${versions(documented)}
<h2>Schemas</h2>
<ul>
<li><a href="../${schemaFile('produced', id)}">JSON Schema of what may be sent</a></li>
<li><a href="../${schemaFile('accepted', id)}">JSON Schema of what is accepted</a></li>
</ul>
</main>`,
  );
}

/** Who sends or consumes, in a list. */
export function parties(parties: readonly Party[]): Html {
  if (parties.length === 0) return html`<p>Nobody in this workspace.</p>`;
  const items = parties.map(({ app, step }) =>
    step === undefined
      ? html`<li>${app}</li>`
      : html`<li>${app}, step <code>${step.slice(app.length + 2)}</code></li>`,
  );
  return html`<ul>${items}</ul>`;
}

function facts({ contract, starts, ends }: Documented): Html {
  const { kind, owner, dataschema, partitionKey } = contract;
  const rows: (readonly [string, string | Html])[] = [
    ['Kind', kind],
    ['Owner', owner],
    ['Subject', html`<code>${names.contractSubject(contract)}.&lt;lane&gt;</code>`],
    ['Data schema', html`<code>${dataschema}</code>`],
    ['Ordered by', partitionKey === undefined ? 'the flow' : html`<code>${partitionKey}</code>`],
  ];
  if (starts) rows.push(['Flow', 'starts one']);
  if (ends.length > 0) rows.push(['Completes', html`the flow of ${ends.join(', ')}`]);
  return html`<dl>
${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>`;
}

function examples(contract: Documented['contract']): Html | undefined {
  const given = examplesOf(contract);
  if (given.length === 0) return undefined;
  const blocks = given.map((one) => html`<pre><code>${JSON.stringify(one, null, 2)}</code></pre>\n`);
  return html`<h2>Examples</h2>\n${blocks}`;
}

/** Major versions; within one, only compatible change is allowed. */
function versions({ contract, versions }: Documented): Html {
  const items = versions.map(({ id }) =>
    id === contract.id
      ? html`<li><code>${id}</code> (this page)</li>`
      : html`<li><a href="../${contractFile(id)}"><code>${id}</code></a></li>`,
  );
  return html`<ul>${items}</ul>`;
}
