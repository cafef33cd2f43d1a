import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WORKSPACE } from './docker.ts';

const run = promisify(execFile);

/** What `deploy/compose/secrets.sh` made, in a folder of its own. */
export class Secrets {
  private constructor(readonly folder: string) {}

  /** @throws Error with what the script wrote, when it fails */
  static async make(): Promise<Secrets> {
    const secrets = new Secrets(await mkdtemp(join(tmpdir(), 'troupe-secrets-')));
    const env = { ...process.env, TROUPE_SECRETS: secrets.folder };
    await run('sh', ['deploy/compose/secrets.sh'], { cwd: WORKSPACE, env });
    return secrets;
  }

  get authority(): Promise<string> {
    return readFile(join(this.folder, 'ca.crt'), 'utf8');
  }

  keyFile(user: string): string {
    return join(this.folder, 'keys', `${user}.nk`);
  }

  async seed(user: string): Promise<Uint8Array> {
    return Buffer.from((await readFile(this.keyFile(user), 'utf8')).trim());
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
