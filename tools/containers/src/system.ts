import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { docker } from './docker.ts';
import { until } from './until.ts';

/** Services that are reached from outside, with the variable of docker-compose.yml that says at which port. */
const PORTS = {
  storefront: 'STOREFRONT_PORT',
  fulfilment: 'FULFILMENT_PORT',
  console: 'CONSOLE_PORT',
  jaeger: 'JAEGER_PORT',
  prometheus: 'PROMETHEUS_PORT',
  broker: 'NATS_PORT',
} as const;

const BUILD_TIME = 1_200_000;
const START_TIME = 300_000;

/** What of the system is started, and how. */
export interface ComposeOptions {
  /** Variables of docker-compose.yml, and of Compose itself. Default: none, but for the ports. */
  readonly env?: Readonly<Record<string, string>>;
  /** Those that are started, with what they depend on. Default: all. */
  readonly services?: readonly string[];
}

/** Where a system is found, by another process too. */
export interface SystemAddress {
  /** Compose's name for it. */
  readonly project: string;
  /** Variables of docker-compose.yml. */
  readonly env: Readonly<Record<string, string>>;
}

/** The system of docker-compose.yml beside any other one: with ports, volumes, images and a network of its own. */
export class ComposeSystem {
  constructor(readonly address: SystemAddress) {}

  /** Builds the images and starts the containers; resolves when each is healthy. What it got done is undone when that fails. */
  static async start({ env: given, services = [] }: ComposeOptions = {}): Promise<ComposeSystem> {
    const env: Record<string, string> = { TROUPE_VERSION: 'test', ...given };
    for (const variable of Object.values(PORTS)) env[variable] = String(await freePort());
    const system = new ComposeSystem({ project: `troupe-test-${randomBytes(4).toString('hex')}`, env });
    await system.#compose(['build', '--quiet', ...services], BUILD_TIME);
    try {
      await system.#compose(['up', '--no-build', '--wait', ...services], START_TIME);
    } catch (error) {
      const logs = await system.#compose(['logs', '--no-color', '--tail', '20']);
      await system.stop();
      throw new Error(`${(error as Error).message}\n${logs}`, { cause: error });
    }
    return system;
  }

  /** Ends the containers, those of `runAnother` too, and removes them with their volumes. */
  async stop(): Promise<void> {
    await this.#compose(['down', '--volumes', '--remove-orphans', '--timeout', '20'], START_TIME);
  }

  /** Of a service that is reached from outside, however often its container is started. */
  url(service: keyof typeof PORTS): string {
    return `http://127.0.0.1:${this.address.env[PORTS[service]]}`;
  }

  /** Has so many containers of a service; resolves when each is healthy. */
  async scale(service: string, instances: number): Promise<void> {
    // Alone: another one that a test held up may count as unhealthy for some seconds yet.
    const alone = ['--no-deps', '--no-build', '--no-recreate', '--wait'];
    await this.#compose(['up', ...alone, '--scale', `${service}=${instances}`, service], START_TIME);
  }

  /** As a crash does: nothing is finished, and nothing is said. */
  kill(service: string): Promise<unknown> {
    return this.#each('kill', service);
  }

  /** Starts again what was killed or ended; resolves when each is healthy. */
  async startAgain(services: readonly string[]): Promise<void> {
    await Promise.all(services.map((service) => this.#each('start', service)));
    await Promise.all(services.map((service) => this.#healthy(service)));
  }

  pause(service: string): Promise<unknown> {
    return this.#each('pause', service);
  }

  /** Resolves when it is healthy. */
  async unpause(service: string): Promise<void> {
    await this.#each('unpause', service);
    await this.#healthy(service);
  }

  /** SIGTERM to all of them at once. Answers with the exit codes of the containers of each. */
  async terminate(services: readonly string[]): Promise<Record<string, number[]>> {
    const ids = await Promise.all(services.map((service) => this.#containers(service)));
    await docker(['stop', ...ids.flat()]);
    const code = async (id: string) =>
      Number(await docker(['inspect', '--format', '{{.State.ExitCode}}', id]));
    const codes = await Promise.all(ids.map((ids) => Promise.all(ids.map(code))));
    return Object.fromEntries(services.map((service, i) => [service, codes[i] ?? []]));
  }

  /** Takes it from the network: what it has open stays open, and nothing arrives. */
  disconnect(service: string): Promise<unknown> {
    return this.#each('network', service, ['disconnect', this.#network]);
  }

  /** Resolves when it is healthy. */
  async reconnect(service: string): Promise<void> {
    await this.#each('network', service, ['connect', '--alias', service, this.#network]);
    await this.#healthy(service);
  }

  /** What all containers wrote. */
  logs(): Promise<string> {
    return this.#compose(['logs', '--no-color']);
  }

  /** Starts one more container of a service, with options of `docker compose run`. Answers with its id; `stop` removes it. */
  runAnother(service: string, options: readonly string[]): Promise<string> {
    return this.#compose(['run', '--detach', '--no-deps', ...options, service]);
  }

  /** What a query gives in a database of the system, a row a line. */
  query(database: string, sql: string): Promise<string> {
    const psql = ['psql', '--username=postgres', '--tuples-only', '--no-align', `--dbname=${database}`];
    return this.#compose(['exec', '-T', 'postgres', ...psql, '--command', sql]);
  }

  get #network(): string {
    return `${this.address.project}_default`;
  }

  /** Asks as the engine does, which would not ask for some seconds yet. */
  async #healthy(service: string): Promise<void> {
    const isHealthy = async (id: string) => {
      const check = await docker(['inspect', '--format', '{{json .Config.Healthcheck.Test}}', id]);
      const [, ...command] = JSON.parse(check) as string[];
      const look = () => docker(['exec', id, ...command]).then(() => true);
      await until(`${service} is healthy`, look, START_TIME);
    };
    await Promise.all((await this.#containers(service)).map(isHealthy));
  }

  async #each(command: string, service: string, args: readonly string[] = []): Promise<unknown> {
    const ids = await this.#containers(service);
    return Promise.all(ids.map((id) => docker([command, ...args, id])));
  }

  async #containers(service: string): Promise<string[]> {
    const labels = {
      'com.docker.compose.project': this.address.project,
      'com.docker.compose.service': service,
    };
    const filters = Object.entries(labels).flatMap(([name, value]) => ['--filter', `label=${name}=${value}`]);
    return (await docker(['ps', '--all', '--quiet', ...filters])).split('\n');
  }

  #compose(args: readonly string[], timeoutMs?: number): Promise<string> {
    const { project, env } = this.address;
    return docker(['compose', '--project-name', project, ...args], {
      env,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  }
}

/** Nothing listened on it a moment ago. A fixed one: the engine gives a container that starts again another free one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
