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

/** The system of docker-compose.yml beside any other one: with ports, volumes, images and a network of its own. */
export class ComposeSystem {
  readonly #project = `troupe-test-${randomBytes(4).toString('hex')}`;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Builds the images and starts the containers; resolves when each is healthy. What it got done is undone when that fails. */
  static async start({ env: given, services = [] }: ComposeOptions = {}): Promise<ComposeSystem> {
    const env: NodeJS.ProcessEnv = { TROUPE_VERSION: 'test', ...given };
    for (const variable of Object.values(PORTS)) env[variable] = String(await freePort());
    const system = new ComposeSystem(env);
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

  /** Ends the containers, and removes them with their volumes. */
  async stop(): Promise<void> {
    await this.#compose(['down', '--volumes', '--timeout', '20'], START_TIME);
  }

  /** Of a service that is reached from outside, however often its container is started. */
  url(service: keyof typeof PORTS): string {
    return `http://127.0.0.1:${this.#env[PORTS[service]]}`;
  }

  /** Has so many containers of a service; resolves when each is healthy. */
  async scale(service: string, instances: number): Promise<void> {
    const scaled = ['up', '--no-build', '--no-recreate', '--wait', '--scale', `${service}=${instances}`];
    await this.#compose(scaled, START_TIME);
  }

  /** As a crash does: nothing is finished, and nothing is said. */
  kill(service: string): Promise<unknown> {
    return this.#each('kill', service);
  }

  /** Starts again what was killed or ended; resolves when it is healthy. */
  async startAgain(service: string): Promise<void> {
    await this.#each('start', service);
    await this.#healthy(service);
  }

  pause(service: string): Promise<unknown> {
    return this.#each('pause', service);
  }

  /** Resolves when it is healthy. */
  async unpause(service: string): Promise<void> {
    await this.#each('unpause', service);
    await this.#healthy(service);
  }

  /** SIGTERM. Answers with the exit code of each container. */
  async terminate(service: string): Promise<number[]> {
    await this.#each('stop', service);
    const codes = await Promise.all(
      (await this.#containers(service)).map((id) =>
        docker(['inspect', '--format', '{{.State.ExitCode}}', id]),
      ),
    );
    return codes.map(Number);
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
    return `${this.#project}_default`;
  }

  async #healthy(service: string): Promise<void> {
    const health = ['inspect', '--format', '{{.State.Health.Status}}'];
    const isHealthy = async () => {
      const found = await docker([...health, ...(await this.#containers(service))]);
      return found.split('\n').every((status) => status === 'healthy') ? true : undefined;
    };
    await until(`${service} is healthy`, isHealthy, START_TIME);
  }

  async #each(command: string, service: string, args: readonly string[] = []): Promise<unknown> {
    const ids = await this.#containers(service);
    return Promise.all(ids.map((id) => docker([command, ...args, id])));
  }

  async #containers(service: string): Promise<string[]> {
    return (await this.#compose(['ps', '--all', '--quiet', service])).split('\n');
  }

  #compose(args: readonly string[], timeoutMs?: number): Promise<string> {
    return docker(['compose', '--project-name', this.#project, ...args], {
      env: this.#env,
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
