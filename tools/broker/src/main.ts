import { parseArgs } from 'node:util';
import { BrokerError } from './errors.ts';
import { startNatsServer } from './nats-server.ts';

const USAGE = `Starts a NATS server with JetStream on 127.0.0.1 and keeps it running until Ctrl-C.

  --port <number>   the port to listen on (default 4222; 0 for a free one)
  --store <folder>  where messages are kept (default .troupe/broker)
  --help            this text`;

/** Runs the broker for a person in a terminal. */
async function main(): Promise<number> {
  const options = parse(process.argv.slice(2));
  if (typeof options === 'string') {
    console.error(`${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  let crashed: (how: string) => void = () => undefined;
  const crash = new Promise<string>((resolve) => {
    crashed = resolve;
  });
  const signal = Promise.race(
    (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(
      (name) => new Promise((resolve) => process.once(name, resolve)),
    ),
  );
  const server = await startNatsServer({
    port: options.port === 0 ? undefined : options.port,
    storeDir: options.store,
    onProgress: (text) => console.log(text),
    onExit: (how) => crashed(how),
  });
  console.log(`NATS server with JetStream: ${server.url} (process ${server.pid}, store ${server.storeDir})`);
  console.log('Ctrl-C stops it.');
  // Neither promise below keeps Node running by itself.
  const awake = setInterval(() => undefined, 60_000);
  const how = await Promise.race([crash, signal.then(() => undefined)]);
  clearInterval(awake);
  await server.stop();
  if (how === undefined) return 0;
  console.error(`nats-server ended unexpectedly (${how}).`);
  return 1;
}

function parse(args: string[]): { port: number; store: string; help: boolean } | string {
  try {
    const { values } = parseArgs({
      args,
      options: { port: { type: 'string' }, store: { type: 'string' }, help: { type: 'boolean' } },
    });
    const port = Number(values.port ?? 4222);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      return `--port ${values.port} is not a port number.`;
    return { port, store: values.store ?? '.troupe/broker', help: values.help ?? false };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof BrokerError ? error.message : error);
  return 1;
});
