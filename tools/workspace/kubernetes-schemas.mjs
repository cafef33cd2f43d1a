import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '@troupe/broker';
import { parse } from 'yaml';
import { goModule } from './go-program.mjs';

const KUBERNETES = { path: 'k8s.io/kubernetes', version: 'v1.37.2' };
const KEDA = { path: 'github.com/kedacore/keda/v2', version: 'v2.21.0' };
const PROMETHEUS_OPERATOR = {
  path: 'github.com/prometheus-operator/prometheus-operator',
  version: 'v0.85.0',
};

/** Kinds of Kubernetes itself, by the file of its OpenAPI description that has them. */
const KINDS = {
  api__v1: ['ConfigMap', 'Service'],
  apis__apps__v1: ['Deployment'],
  'apis__networking.k8s.io__v1': ['NetworkPolicy'],
  apis__policy__v1: ['PodDisruptionBudget'],
};

/** Kinds that others add, by the file that defines them. */
const CUSTOM_KINDS = [
  { module: KEDA, file: 'config/crd/bases/keda.sh_scaledobjects.yaml' },
  {
    module: PROMETHEUS_OPERATOR,
    file: 'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
  },
];

/**
 * A folder with a JSON Schema for every kind that the charts make, named as kubeconform names them with
 * `{{.ResourceKind}}{{.KindSuffix}}.json`. A field that no schema has is refused, as a misspelt one would else pass.
 */
export async function kubernetesSchemas() {
  const versions = [KUBERNETES, KEDA, PROMETHEUS_OPERATOR].map(({ version }) => version);
  const folder = join(cacheFolder(process.env), `kubernetes-schemas-${versions.join('-')}`);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(process.env), { recursive: true });
  const scratch = await mkdtemp(`${folder}-`);
  try {
    const schemas = [...(await ownSchemas()), ...(await Promise.all(CUSTOM_KINDS.map(customSchema)))];
    for (const { group, version, kind, schema } of schemas) {
      const name = [kind, group.split('.')[0], version].filter((part) => part !== '').join('-');
      await writeFile(join(scratch, `${name.toLowerCase()}.json`), JSON.stringify(closed(schema)));
    }
    await rename(scratch, folder);
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else another run was first
  }
  return folder;
}

async function ownSchemas() {
  const folder = join(await goModule(KUBERNETES), 'api/openapi-spec/v3');
  const files = Object.entries(KINDS).map(async ([name, kinds]) => {
    const { components } = JSON.parse(await readFile(join(folder, `${name}_openapi.json`), 'utf8'));
    return kinds.map((kind) => ownSchema(kind, components));
  });
  return (await Promise.all(files)).flat();
}

function ownSchema(kind, components) {
  for (const [definition, schema] of Object.entries(components.schemas)) {
    const known = schema['x-kubernetes-group-version-kind']?.find((one) => one.kind === kind);
    if (known !== undefined)
      return { ...known, schema: { $ref: `#/components/schemas/${definition}`, components } };
  }
  throw new Error(`Kubernetes ${KUBERNETES.version} does not describe the kind ${kind}.`);
}

async function customSchema({ module, file }) {
  const { spec } = parse(await readFile(join(await goModule(module), file), 'utf8'));
  const { name, schema } = spec.versions.find(({ storage }) => storage);
  const { openAPIV3Schema } = schema;
  const metadata = { type: 'object' }; // the definition leaves it to Kubernetes
  const properties = { ...openAPIV3Schema.properties, metadata };
  return {
    group: spec.group,
    version: name,
    kind: spec.names.kind,
    schema: { ...openAPIV3Schema, properties },
  };
}

/** Every object with named fields takes those alone. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closed(part)]));
  const names = schema.type === 'object' && schema.properties !== undefined;
  const open = schema.additionalProperties !== undefined || schema['x-kubernetes-preserve-unknown-fields'];
  return names && !open ? { ...parts, additionalProperties: false } : parts;
}
