/** What a local server is configured with; everything else is nats-server's default. */
export interface ServerConfig {
  readonly host: string;
  /** −1 lets the server choose a free one, and write it into `portsDir`. */
  readonly port: number;
  readonly storeDir: string;
  readonly portsDir?: string | undefined;
  /** Bytes. */
  readonly maxPayload: number;
  readonly configExtra?: string | undefined;
  readonly jetstreamExtra?: string | undefined;
}

/** The text of a nats-server configuration file. */
export function configFile(config: ServerConfig): string {
  return [
    `listen: ${quote(`${config.host}:${config.port}`)}`,
    `max_payload: ${config.maxPayload}`,
    ...(config.portsDir === undefined ? [] : [`ports_file_dir: ${quote(config.portsDir)}`]),
    'jetstream {',
    `  store_dir: ${quote(config.storeDir)}`,
    ...(config.jetstreamExtra === undefined ? [] : [config.jetstreamExtra]),
    '}',
    config.configExtra ?? '',
    '',
  ].join('\n');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
