import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './paths.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');

const guide = read('docs/guides/alerts.md');
const documented = new Set(
  [...`${guide}\n${read('docs/guides/telemetry.md')}`.matchAll(/^\| `([a-z_]+)` /gm)].map(([, name]) => name),
);
/** @type {{ alert: string, expr: string, labels: Record<string, string>, annotations: { summary: string, description: string, runbook: string } }[]} */
const rules = parse(read('deploy/prometheus/troupe.rules.yml')).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('deploy/grafana/troupe.json'));
/** @type {{ title: string, expr: string }[]} */
const targets = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => ({ title, expr })),
);

describe('deploy/prometheus/troupe.rules.yml', () => {
  it.each(rules)('says of $alert how severe it is and what to read', (rule) => {
    expect(rule.labels.severity).toMatch(/^(warning|critical)$/);
    expect(rule.annotations.summary).toMatch(/\S/);
    expect(rule.annotations.description).toMatch(/\S/);
    const [page, anchor] = rule.annotations.runbook.split('#');
    expect(page).toBe('docs/guides/alerts.md');
    const headings = [...guide.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
      text.toLowerCase().replaceAll(' ', '-'),
    );
    expect(headings).toContain(anchor);
  });

  it('names each alert once', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('has a rule for each kind of alert, and for no other', () => {
    const [, list = ''] = /ALERT_KINDS = \[([^\]]*)\]/.exec(read('libs/ledger/src/watchdog/alert.ts')) ?? [];
    const kinds = [...list.matchAll(/'([a-z-]+)'/g)].map(([, kind]) => kind);
    const anchors = rules.map(({ annotations }) => annotations.runbook.split('#')[1]);
    expect(anchors.filter((anchor) => kinds.includes(anchor)).sort()).toEqual([...kinds].sort());
    const selected = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/troupe_kind="([^"]*)"/g)].map(([, kind]) => kind),
    );
    expect(selected.filter((kind) => !kinds.includes(kind))).toEqual([]);
  });

  it.each(rules)('asks in $alert for metrics that there are', ({ expr }) => {
    expect(unknownIn(expr)).toEqual([]);
  });

  it.skipIf(spawnSync('promtool', ['--version']).error !== undefined)(
    'is what promtool takes, and does what its tests say',
    () => {
      const cwd = join(root, 'deploy/prometheus');
      execFileSync('promtool', ['check', 'rules', '--lint-fatal', 'troupe.rules.yml'], {
        cwd,
        stdio: 'pipe',
      });
      execFileSync('promtool', ['test', 'rules', 'troupe.rules.test.yml'], { cwd, stdio: 'pipe' });
    },
  );
});

describe('deploy/grafana/troupe.json', () => {
  it.each(targets)('asks in "$title" for metrics that there are', ({ expr }) => {
    expect(unknownIn(expr)).toEqual([]);
  });

  it('names each panel once, on places of their own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });

  it('is where Grafana looks for it in containers, and each panel asks the source that Grafana is given', () => {
    const { grafana, prometheus } = parse(read('docker-compose.yml'), { merge: true }).services;
    const mounts = Object.fromEntries(grafana.volumes.map((volume) => volume.split(':').slice(0, 2)));
    for (const kind of ['datasources', 'dashboards'])
      expect(mounts[`./deploy/compose/grafana/${kind}`]).toBe(`/etc/grafana/provisioning/${kind}`);
    const { providers } = parse(read('deploy/compose/grafana/dashboards/troupe.yml'));
    expect(providers).toMatchObject([{ type: 'file', options: { path: mounts['./deploy/grafana'] } }]);
    const { datasources } = parse(read('deploy/compose/grafana/datasources/prometheus.yml'));
    const port = prometheus.ports[0].split(':').at(-1);
    const url = `http://prometheus:${port}`;
    expect(datasources).toMatchObject([{ type: 'prometheus', access: 'proxy', url, isDefault: true }]);
    const { templating, panels } = dashboard;
    expect(templating.list).toMatchObject([{ type: 'datasource', query: datasources[0].type }]);
    const source = { type: 'prometheus', uid: `\${${templating.list[0].name}}` };
    for (const { datasource, targets } of panels) {
      expect(datasource).toEqual(source);
      const ids = targets.map(({ refId }) => refId);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

/** Metrics in an expression that no guide names; labels are left out. */
function unknownIn(expr) {
  const plain = expr.replaceAll(/\{[^}]*\}/g, '').replaceAll(/\b(by|without|on|ignoring) \([^)]*\)/g, '');
  const names = [...plain.matchAll(/\b(?:troupe|messaging)_[a-z_]+\b/g)].map(([name]) => name);
  expect(names.length).toBeGreaterThan(0);
  return names.filter(
    (name) => !documented.has(name) && !documented.has(name.replace(/_(bucket|sum|count)$/, '')),
  );
}
