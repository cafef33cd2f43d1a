import { parseArgs } from 'node:util';
import { APP_NAMES } from './apps.ts';

/** What a person asked for on the command line. */
export interface Arguments {
  /** Ends when the sample orders did, instead of going on until Ctrl-C. */
  readonly once: boolean;
  /** The first app's port, the others follow; 0 for free ones. */
  readonly port: number;
  /** The broker's port; 0 for a free one. */
  readonly brokerPort: number;
}

export const USAGE = `Starts the order system on this machine, places four sample orders, has two fulfilled, and shows their flows.

  npm start [-- options]

  --once                  end when the six flows did: exit code 0 when each reached its declared end
  --port <number>         the port of the first app, the others follow (default 3000: ${APP_NAMES.join(', ')}); 0 for free ones
  --broker-port <number>  the port of the broker (default 4222; 0 for a free one)
  --help                  this text

  NATS_URL     use this running broker instead of starting one
  TROUPE_HOME  where the broker's store and the logs are kept (default .troupe)
  PATH         where Python 3.10 or newer, or uv, is found, which the carrier runs on; without, its parcels wait`;

/** Reads the command line: what was asked for, or the text to answer with, on stderr when it is a `fault`. */
export function parseArguments(
  args: readonly string[],
): Arguments | { readonly answer: string; readonly fault: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        port: { type: 'string', default: '3000' },
        'broker-port': { type: 'string', default: '4222' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { answer: USAGE, fault: false };
    return {
      once: values.once,
      port: portOf('--port', values.port, 65_535 - (APP_NAMES.length - 1)),
      brokerPort: portOf('--broker-port', values['broker-port'], 65_535),
    };
  } catch (error) {
    return { answer: `${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, fault: true };
  }
}

function portOf(option: string, text: string, highest: number): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= highest) return port;
  throw new Error(`${option} ${text} is no port number: it is a whole number from 0 to ${highest}.`);
}
