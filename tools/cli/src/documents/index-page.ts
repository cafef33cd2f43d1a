import type { Workspace } from '../workspace/workspace.ts';
import { parties } from './contract-page.ts';
import type { Documented } from './documented.ts';
import { html } from './html.ts';
import { layout, table } from './layout.ts';
import { ASYNC_API, contractFile } from './paths.ts';

const TITLES = ['Contract', 'Kind', 'Owner', 'Says', 'Sent by', 'Consumed by'];

/** The page that leads to all others. */
export function indexPage({ name, version }: Workspace, contracts: readonly Documented[]): string {
  const rows = contracts.map(
    ({ contract: { id, kind, owner, description }, sentBy, consumedBy }) =>
      html`<tr><th scope="row"><a href="${contractFile(id)}"><code>${id}</code></a></th><td>${kind}</td><td>${owner}</td><td>${description}</td><td>${parties(sentBy)}</td><td>${parties(consumedBy)}</td></tr>
`,
  );
  return layout(
    `Contracts of ${name}`,
    html`<main>
<h1>Contracts of ${name} ${version}</h1>
<p>All of them as one document for tools: <a href="${ASYNC_API}">AsyncAPI 3.0</a>.</p>
${table(`The ${contracts.length} contracts`, TITLES, rows)}
</main>`,
  );
}
