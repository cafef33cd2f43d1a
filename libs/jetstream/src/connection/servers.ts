import { StepDefinitionError } from '../errors.ts';

/** Where to connect, and as whom when the addresses say so. */
export interface Servers {
  /** `host:port`, without credentials. */
  readonly addresses: string[];
  /** Whether an address asks for TLS: `tls://…`. */
  readonly tls: boolean;
  readonly login: { user: string; pass: string } | { token: string } | undefined;
}

/**
 * Reads `nats://[user:password@|token@]host[:port]` or `tls://…`, several as a list or separated by commas. The
 * client ignores credentials in addresses, so they are taken out (and reach no log): those of the first that has any.
 * @throws StepDefinitionError for what is no address
 */
export function readServers(servers: string | readonly string[]): Servers {
  const urls = [servers]
    .flat()
    .flatMap((list) => list.split(','))
    .map((address) => address.trim())
    .filter((address) => address !== '')
    .map(parse);
  if (urls.length === 0) throw new StepDefinitionError('The address of the broker is empty.');
  const withLogin = urls.find(({ username }) => username !== '');
  return {
    addresses: urls.map((url) => url.host),
    tls: urls.some(({ protocol }) => protocol === 'tls:'),
    login: withLogin && loginOf(withLogin),
  };
}

function parse(address: string): URL {
  const text = address.includes('://') ? address : `nats://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '' || !/^(nats|tls):$/.test(url.protocol)) {
    const shown = address.replace(/^(.*\/\/)?.*@/, '$1***@');
    throw new StepDefinitionError(
      `"${shown}" is no address of a broker; it is written as nats://127.0.0.1:4222.`,
    );
  }
  if (url.port === '') url.port = '4222';
  return url;
}

function loginOf({ username, password }: URL): Servers['login'] {
  const user = decode(username);
  return password === '' ? { token: user } : { user, pass: decode(password) };
}

/** A `%` that is no escape stands for itself, as people write passwords. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
  );
}
