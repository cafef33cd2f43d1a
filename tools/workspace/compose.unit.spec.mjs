import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { apps } from './apps.mjs';
import { root } from './paths.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');

const compose = read('docker-compose.yml');
/** @type {Record<string, any>} */
const services = parse(compose, { merge: true }).services;

describe('docker-compose.yml', () => {
  it.each(apps)(
    'has %s as a container that writes nothing, may do little and waits for the broker',
    (app) => {
      const { build, ...service } = services[app] ?? {};
      expect(build).toBeDefined();
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        depends_on: { broker: { condition: 'service_healthy' } },
      });
    },
  );

  it.each(Object.keys(services))('limits what %s takes, and starts it again when it ends', (name) => {
    const { restart, deploy } = services[name];
    expect(restart).toBe('unless-stopped');
    expect(deploy.resources.limits).toEqual({ cpus: expect.any(String), memory: expect.any(String) });
  });

  it.each(Object.keys(services).filter((name) => !apps.includes(name)))('says how %s is', (name) => {
    expect(services[name].healthcheck.test).toEqual(expect.any(Array));
  });

  it('publishes ports on this machine alone, each by a variable of its own', () => {
    const ports = Object.values(services).flatMap(({ ports }) => ports ?? []);
    const variables = ports.map((port) => /^127\.0\.0\.1:\$\{([A-Z]+_PORT):-\d+\}:\d+$/.exec(port)?.[1]);
    expect(variables).not.toContain(undefined);
    expect(new Set(variables).size).toBe(ports.length);
  });

  it('gives each database to one app, and has each made', () => {
    const used = Object.values(services)
      .flatMap(({ environment }) => Object.values(environment ?? {}))
      .flatMap((value) => /^postgres:\/\/([a-z]+):.*@postgres\/([a-z]+)$/.exec(value)?.slice(1) ?? []);
    const [, made = ''] = /^for name in (.*); do$/m.exec(read('deploy/compose/databases.sh')) ?? [];
    expect(used.sort()).toEqual(
      made
        .split(' ')
        .flatMap((name) => [name, name])
        .sort(),
    );
  });

  it('runs the broker of the release that tests run', () => {
    const [, version] = /WHEEL_VERSION = '(.*)'/.exec(read('tools/broker/src/wheel-pins.ts')) ?? [];
    expect(services.broker.image).toContain(`nats:${version}-`);
  });

  it('has Prometheus ask every app', () => {
    const [{ dns_sd_configs: sources }] = parse(read('deploy/compose/prometheus.yml')).scrape_configs;
    expect(sources.flatMap(({ names }) => names).sort()).toEqual([...apps].sort());
  });

  it('has Jaeger link what spans say of a flow to the console', () => {
    const [file] = services.jaeger.volumes.map((volume) => /^\$\{JAEGER_UI:-(.*)\}:/.exec(volume)?.[1]);
    const { linkPatterns } = JSON.parse(read(file));
    const [, port] = /\$\{CONSOLE_PORT:-(\d+)\}:3000/.exec(services.console.ports[0]) ?? [];
    const contracts = globSync('libs/contracts/*/src/*.ts', { cwd: root }).map(read).join('\n');
    const fields = [...contracts.matchAll(/@BusinessKey\(\)[^;]*?(\w+)!:/g)].map(([, field]) => field);
    const said = [
      'messaging.message.conversation_id',
      ...fields.map((field) => `troupe.business_key.${field}`),
    ];
    for (const { type, key, url, text } of linkPatterns) {
      expect(type).toBe('tags');
      expect(said).toContain(key);
      expect(url).toBe(`http://127.0.0.1:${port}/ui/where?key=#{${key}}`);
      expect(text).toContain(`#{${key}}`);
    }
    expect(new Set(linkPatterns.map(({ key }) => key))).toEqual(new Set(said));
  });
});

describe('deploy/compose/secure.yml', () => {
  const secure = parse(read('deploy/compose/secure.yml'), { merge: true });
  const env = parseEnv(read('deploy/compose/secure.env'));
  const fileOf = ({ file }) => file.replace(/^\$\{TROUPE_SECRETS\}/, env.TROUPE_SECRETS);

  it.each(apps)('has %s log on over TLS with its own key, in a file, when the topology is made', (app) => {
    const { secrets, environment, depends_on: dependsOn } = secure.services[app] ?? {};
    expect(secrets).toEqual(['ca', { source: app, target: 'nkey' }]);
    expect(fileOf(secure.secrets[app])).toBe(`./.troupe/secrets/keys/${app}.nk`);
    expect(environment).toMatchObject({
      NATS_NKEY_FILE: '/run/secrets/nkey',
      NATS_CA_FILE: '/run/secrets/ca',
      TROUPE_TOPOLOGY: 'verify',
    });
    expect(dependsOn).toEqual({ operator: { condition: 'service_completed_successfully' } });
  });

  it('has the topology made by a container that writes nothing, may do little, and ends', () => {
    expect(secure.services.operator).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      depends_on: { broker: { condition: 'service_healthy' } },
      deploy: { resources: { limits: { cpus: expect.any(String), memory: expect.any(String) } } },
    });
    expect(secure.services.operator).not.toHaveProperty('restart');
  });

  it('keeps what is secret out of git and images', () => {
    for (const secret of Object.values(secure.secrets)) expect(fileOf(secret)).toMatch(/^\.\/\.troupe\//);
    expect(read('.gitignore').split('\n')).toContain('.troupe/');
    expect(read('.dockerignore').split('\n')).toContain('.troupe');
  });

  it('is what secure.env asks for, with a broker that takes TLS and known users alone', () => {
    const files = env.COMPOSE_FILE?.split(env.COMPOSE_PATH_SEPARATOR ?? '');
    expect(files).toEqual(['docker-compose.yml', 'deploy/compose/secure.yml']);
    const broker = read(`deploy/compose/${env.BROKER_CONFIG}`);
    expect(broker).toMatch(/^include "[^"]*\/run\/secrets\/permissions\.conf"$/m);
    expect(broker).toMatch(/^tls \{/m);
  });
});

describe('.ci/images', () => {
  it('makes every image that an app is built from or runs beside, but for Grafana', () => {
    const script = read('.ci/images/make');
    const made = script.replaceAll(/\$([a-z]+_(?:version|image))/g, (_, name) => variableOf(name, script));
    const dockerfiles = ['Dockerfile', ...globSync('apps/*/Dockerfile', { cwd: root })].map(read).join('\n');
    const bases = dockerfiles.matchAll(/^(?:ARG [A-Z]+_IMAGE=|FROM )([a-z][^\s]*[:][^\s]+)/gm);
    const beside = compose.matchAll(/image: \$\{[A-Z]+_IMAGE:-([^}]*)\}/g);
    const named = [...bases, ...beside].map(([, image = '']) => image);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((image) => !image.startsWith('grafana/') && !made.includes(image))).toEqual([]);
  });
});

/** Of a variable of a shell script. */
function variableOf(name, script) {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(script)?.[1] ?? '';
}
