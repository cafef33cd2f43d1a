import { WEBHOOK_VARIABLES } from '@troupe/ledger';
import { APP_VARIABLES } from '@troupe/nest';
import { TELEMETRY_VARIABLES } from '@troupe/telemetry';
import { CONSOLE_VARIABLES } from '../../apps/console/src/settings.ts';
import { INVENTORY_VARIABLES } from '../../apps/inventory/src/settings.ts';
import { PAYMENTS_VARIABLES } from '../../apps/payments/src/settings.ts';
import { SHIPPING_VARIABLES } from '../../apps/shipping/src/settings.ts';

/** What apps read, by the heading of docs/reference/configuration.md under which it stands. */
export const variables = {
  Apps: rowsOf(APP_VARIABLES, INVENTORY_VARIABLES, PAYMENTS_VARIABLES, SHIPPING_VARIABLES, CONSOLE_VARIABLES),
  Alerts: rowsOf(WEBHOOK_VARIABLES),
  Telemetry: rowsOf(TELEMETRY_VARIABLES),
};

/** The page with the first table under each of those headings made anew from the code; all else stays. */
export function withTables(page) {
  return Object.entries(variables).reduce((text, [heading, rows]) => {
    const table = new RegExp(`(^## ${heading}\\n(?:(?!\\|).*\\n)*?)(?:\\|.*\\n)+`, 'm');
    if (!table.test(text)) throw new Error(`The page has no table under the heading "${heading}".`);
    return text.replace(table, (_, above) => `${above}${tableOf(rows)}`);
  }, page);
}

function rowsOf(...tables) {
  return tables.flatMap((table) => Object.values(table));
}

function tableOf(rows) {
  const head = ['variable', 'meaning', 'value', 'default', 'read by'];
  const lines = [head, ...rows.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const dashes = widths.map((width) => '-'.repeat(width));
  return [lines[0], dashes, ...lines.slice(1)]
    .map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`)
    .join('');
}

function cellsOf({ name, kind, meaning, secret, readBy = 'every app', ...variable }) {
  const names = secret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``;
  return [names, meaning, kind.allowed, variable.unset ?? `\`${variable.default}\``, readBy];
}
