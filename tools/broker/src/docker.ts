import { causeOf, runCommand } from './command.ts';
import { WHEEL_VERSION } from './wheel-pins.ts';

/** The official image, of the same release as the pinned wheel. */
export const DOCKER_IMAGE = `nats:${WHEEL_VERSION}`;

/** Asks the Docker engine whether it answers; nothing is pulled or started. */
export async function dockerEngine(
  env: NodeJS.ProcessEnv,
): Promise<{ readonly version: string } | { readonly problem: string }> {
  const result = await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { env });
  if (result.missing) return { problem: 'docker is not installed' };
  if (!result.ok) return { problem: `the Docker engine does not answer (${causeOf(result)})` };
  return { version: result.stdout.trim() };
}
