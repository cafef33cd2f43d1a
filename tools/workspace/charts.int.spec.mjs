import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { consumerName } from '@troupe/jetstream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { variables } from './configuration.mjs';
import { goProgram, hasGo } from './go-program.mjs';
import { kubernetesSchemas } from './kubernetes-schemas.mjs';
import { root } from './paths.mjs';

const HELM = { path: 'helm.sh/helm/v4/cmd/helm', version: 'v4.3.1' };
const KUBECONFORM = { path: 'github.com/yannh/kubeconform/cmd/kubeconform', version: 'v0.8.0' };

const run = promisify(execFile);
const lock = join(root, 'choreography.lock');
/** @type {{ apps: { app: string, steps: { step: string, consumes: string[] }[] }[] }} */
const choreography = JSON.parse(await readFile(lock, 'utf8'));
const withChoreography = ['--set-file', `global.choreography=${lock}`];
const go = await hasGo();

let helm;
let kubeconform;
let schemas;
let charts;

beforeAll(async () => {
  if (!go) return;
  [helm, kubeconform, schemas] = [
    await goProgram(HELM),
    await goProgram(KUBECONFORM),
    await kubernetesSchemas(),
  ];
  charts = await chartsWithDependencies();
}, 600_000);

afterAll(async () => {
  if (charts !== undefined) await rm(charts, { recursive: true });
});

beforeEach(({ skip }) => {
  skip(!go, 'there is no Go to build helm and kubeconform with');
});

describe('the chart of one app', () => {
  it('makes what an app needs, and nothing for operators that may not be there', async () => {
    const objects = await render('app', 'payments');
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      'Deployment payments',
      'NetworkPolicy payments',
      'PodDisruptionBudget payments',
      'Service payments',
    ]);
    expect(podOf(objects).containers[0].image).toBe('troupe/payments:0.1.0');
  });

  it('has everything that it can make taken by its schema', async () => {
    const objects = await render('app', 'payments', [...withChoreography, ...EVERYTHING]);
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'ScaledObject',
      'Service',
      'ServiceMonitor',
    ]);
    expect(find(objects, 'ConfigMap').data['choreography.lock']).toBe(await readFile(lock, 'utf8'));
  });

  it.each([
    ['NetworkPolicy', 'networkPolicy.egress[0].porst[0].port=5432'],
    ['Deployment', 'resources.limit.memory=1Gi'],
    ['PodDisruptionBudget', 'podDisruptionBudget.maxUnavailable=null'],
  ])('would not pass with a %s that its schema does not take', async (kind, value) => {
    await expect(render('app', 'payments', ['--set', value])).rejects.toThrow(kind);
  });

  it('lets a pod write to nothing but its scratch space, and be nobody but its user', async () => {
    const { containers, securityContext, volumes, automountServiceAccountToken } = podOf(
      await render('app', 'payments'),
    );
    expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(automountServiceAccountToken).toBe(false);
    expect(containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(volumes.map(({ name }) => name)).toEqual(['data', 'tmp']);
  });

  it.each([0, 10, 600])('kills no app that has %i s to end', async (seconds) => {
    const pod = podOf(await render('app', 'payments', ['--set', `shutdown.graceSeconds=${seconds}`]));
    const { TROUPE_SHUTDOWN_GRACE_MS } = environmentOf(pod);
    const { seconds: drain } = pod.containers[0].lifecycle.preStop.sleep;
    expect(TROUPE_SHUTDOWN_GRACE_MS).toBe(String(seconds * 1000));
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(drain + seconds);
  });

  it('gives secrets by reference, as files', async () => {
    const pod = podOf(await render('app', 'payments', EVERYTHING));
    expect(environmentOf(pod).DATABASE_URL_FILE).toBe('/run/secrets/troupe/DATABASE_URL_FILE');
    expect(pod.volumes.find(({ name }) => name === 'secrets').projected.sources).toEqual([
      { secret: { name: 'payments-database', items: [{ key: 'url', path: 'DATABASE_URL_FILE' }] } },
    ]);
  });

  it.each(choreography.apps.filter(({ steps }) => steps.length > 0))(
    'scales $app on each consumer that its steps have',
    async ({ app, steps }) => {
      const args = [...withChoreography, '--set', 'autoscaling.enabled=true,global.prefix=staging'];
      const objects = await render('app', app, args);
      const expected = steps.flatMap(({ step, consumes }) =>
        consumes.map((contract) => {
          const [type = '', version] = contract.split(/\.v(?=\d+$)/);
          return consumerName(app, step.replace(`${app}__`, ''), { type, version: Number(version) });
        }),
      );
      const { spec } = find(objects, 'ScaledObject');
      expect(spec.triggers.map(({ metadata }) => metadata.consumer)).toEqual(expected);
      expect(new Set(spec.triggers.map(({ metadata }) => metadata.stream))).toEqual(
        new Set(['staging_EVENTS']),
      );
      expect(spec.scaleTargetRef.name).toBe(find(objects, 'Deployment').metadata.name);
      expect(find(objects, 'Deployment').spec.replicas).toBeUndefined();
    },
  );

  it.each([
    ['autoscaling.enabled=true', /choreography.lock/],
    ['readsChoreography=true', /choreography.lock/],
    ['env.DATABASE_URL=postgres://me:secret@db/payments', /DATABASE_URL/],
    ['env.PORT=80', /PORT/],
    ['replica=2', /replica/],
    ['global.topology=drop', /topology/],
    ['global.replicas=2', /replicas/],
    ['shutdown.graceSeconds=soon', /graceSeconds/],
    ['autoscaling.minReplicas=0', /minReplicas/],
  ])('refuses %s', async (value, sentence) => {
    await expect(template('app', 'payments', ['--set', value])).rejects.toThrow(sentence);
  });

  it('refuses in env what it sets itself, and every secret that the platform knows', async () => {
    const schema = JSON.parse(await readFile(join(root, 'deploy/helm/app/values.schema.json'), 'utf8'));
    const pod = podOf(
      await render('app', 'payments', [...withChoreography, '--set', 'readsChoreography=true']),
    );
    const secrets = Object.values(variables).flatMap((rows) => rows.filter(({ secret }) => secret));
    const expected = [...Object.keys(environmentOf(pod)), ...secrets.map(({ name }) => name)];
    expect(schema.properties.env.propertyNames.not.enum.toSorted()).toEqual(expected.toSorted());
  });

  it('refuses to scale an app that the choreography does not know', async () => {
    const args = [...withChoreography, '--set', 'autoscaling.enabled=true'];
    await expect(template('app', 'billing', args)).rejects.toThrow(/no step of an app of that name/);
  });
});

describe('the chart of the order system', () => {
  const apps = choreography.apps.map(({ app }) => app);

  it('runs every app, and the console', async () => {
    const deployments = (await render('shop', 'shop', withChoreography)).filter(
      ({ kind }) => kind === 'Deployment',
    );
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(
      [...new Set([...apps, 'console'])].map((app) => `shop-${app}`).sort(),
    );
  });

  it('gives each app an environment that it takes', async () => {
    const known = new Map(Object.values(variables).flat().flatMap(namesOf));
    for (const object of await render('shop', 'shop', withChoreography)) {
      if (object.kind !== 'Deployment') continue;
      for (const [name, value] of Object.entries(environmentOf(object.spec.template.spec))) {
        const variable = known.get(name);
        expect(variable, `${name} of ${object.metadata.name}`).toBeDefined();
        if (value === '' || name === 'TROUPE_CHOREOGRAPHY' || name.endsWith('_FILE')) continue;
        expect(() => variable.kind.read(value), `${name}=${value}`).not.toThrow();
        expect(variable.kind.read(value), `${name}=${value}`).toBeDefined();
      }
    }
  });

  it('gives a database to each app that keeps something in one', async () => {
    const objects = await render('shop', 'shop', withChoreography);
    for (const app of apps) {
      const manifest = JSON.parse(await readFile(join(root, 'apps', app, 'package.json'), 'utf8'));
      const keeps = manifest.dependencies?.['@troupe/inbox'] !== undefined;
      const deployment = objects.find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === `shop-${app}`,
      );
      expect('DATABASE_URL_FILE' in environmentOf(deployment.spec.template.spec), app).toBe(keeps);
    }
  });

  it('lets the orchestrator find the console', async () => {
    const objects = await render('shop', 'shop', withChoreography);
    const named = (kind, name) => objects.find((one) => one.kind === kind && one.metadata.name === name);
    const { TROUPE_LEDGER_URL } = environmentOf(podOf([named('Deployment', 'shop-fulfilment')]));
    const service = named('Service', new URL(TROUPE_LEDGER_URL).hostname);
    const { labels } = named('Deployment', 'shop-console').spec.template.metadata;
    expect(labels).toMatchObject(service.spec.selector);
    const { egress } = named('NetworkPolicy', 'shop-fulfilment').spec;
    expect(labels).toMatchObject(egress.at(-1).to[0].podSelector.matchLabels);
  });

  it('hands what all apps have alike to each', async () => {
    const values = ['global.images=registry.example/troupe', 'global.version=1.2.3', 'global.prefix=staging'];
    const others = ['global.nats.url=nats://broker:4222', 'global.collector=http://jaeger:4318'];
    const args = [...withChoreography, '--set', [...values, ...others, 'nats.enabled=false'].join(',')];
    for (const object of await render('shop', 'shop', args)) {
      if (object.kind !== 'Deployment') continue;
      const pod = object.spec.template.spec;
      expect(pod.containers[0].image).toMatch(/^registry\.example\/troupe\/[a-z]+:1\.2\.3$/);
      expect(environmentOf(pod)).toMatchObject({
        NATS_URL: 'nats://broker:4222',
        TROUPE_PREFIX: 'staging',
        TROUPE_REPLICAS: '3',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318',
      });
    }
  });

  it('keeps as many copies of a stream as the broker has servers', async () => {
    const { global, nats } = parse(await readFile(join(root, 'deploy/helm/shop/values.yaml'), 'utf8'));
    expect(global.replicas).toBe(nats.config.cluster.replicas);
  });

  it('leaves out an app', async () => {
    const objects = await render('shop', 'shop', [...withChoreography, '--set', 'carrier.enabled=false']);
    expect(objects.filter(({ metadata }) => metadata.name === 'shop-carrier')).toEqual([]);
  });
});

/** Values that make an app's chart give all that it can. */
const EVERYTHING = [
  '--set',
  [
    'autoscaling.enabled=true',
    'readsChoreography=true',
    'global.serviceMonitor.enabled=true',
    'global.serviceMonitor.labels.release=prometheus',
    'global.prefix=staging',
    'global.collector=http://collector:4318',
    'env.LOG_LEVEL=debug',
    'env.TROUPE_INBOX_DAYS=120',
    'imagePullSecrets[0].name=registry',
    'podAnnotations.team=payments',
    'nodeSelector.pool=apps',
    'tolerations[0].key=apps',
    'tolerations[0].operator=Exists',
    'networkPolicy.egress[0].ports[0].port=5432',
    'secretFiles[0].variable=DATABASE_URL_FILE',
    'secretFiles[0].secret=payments-database',
    'secretFiles[0].key=url',
  ].join(','),
  ...withChoreography,
];

/** What a chart makes, each object taken by the schema of its kind. */
async function render(chart, release, args = []) {
  const text = await template(chart, release, args);
  const file = join(charts, 'rendered.yaml');
  await writeFile(file, text);
  const location = join(schemas, '{{.ResourceKind}}{{.KindSuffix}}.json');
  await run(kubeconform, ['-strict', '-schema-location', location, file]).catch(({ stdout }) => {
    throw new Error(stdout);
  });
  return parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((object) => object !== null);
}

async function template(chart, release, args = []) {
  const { stdout } = await run(helm, [
    'template',
    release,
    join(charts, chart),
    '--namespace',
    'shop',
    ...args,
  ]);
  return stdout;
}

/**
 * A copy of the charts with their dependencies beside them, as `helm dependency build` would put them there; for the
 * broker's, which only the internet has, an empty one stands in.
 */
async function chartsWithDependencies() {
  const folder = await mkdtemp(join(tmpdir(), 'charts-'));
  const filter = (path) => basename(path) !== 'charts'; // somebody may have fetched them already
  await cp(join(root, 'deploy/helm'), folder, { recursive: true, filter });
  const { dependencies } = parse(await readFile(join(folder, 'shop/Chart.yaml'), 'utf8'));
  const { name, version } = dependencies.find(({ name }) => name === 'nats');
  await cp(join(folder, 'app'), join(folder, 'shop/charts/app'), { recursive: true });
  await mkdir(join(folder, 'shop/charts', name));
  await writeFile(
    join(folder, 'shop/charts', name, 'Chart.yaml'),
    JSON.stringify({ apiVersion: 'v2', name, version }),
  );
  return folder;
}

function find(objects, kind) {
  return objects.find((object) => object.kind === kind);
}

function podOf(objects) {
  return find(objects, 'Deployment').spec.template.spec;
}

function environmentOf({ containers: [{ env }] }) {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

/** @returns {[string, any][]} */
function namesOf(variable) {
  return variable.secret
    ? [
        [variable.name, variable],
        [`${variable.name}_FILE`, variable],
      ]
    : [[variable.name, variable]];
}
