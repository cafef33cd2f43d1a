import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const telemetry = JSON.stringify(new URL('./process.ts', import.meta.url).href);

/** Runs a program that imports the telemetry of its process first. */
function run(program: string, variables: Record<string, string> = {}): Promise<Ended> {
  const flags = [
    '--experimental-transform-types',
    '--conditions=@troupe/source',
    '--input-type=module',
    '--no-warnings',
  ];
  const code = `const { telemetry } = await import(${telemetry});\n${program}`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...flags, '--eval', code],
      { env: { npm_package_name: '@shop/payments', ...variables } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('importing telemetry', () => {
  it('makes the runtime and the app write to the standard output, up to the last line before an exit', async () => {
    const { code, stdout } = await run(`
      const { registeredLogger, registeredInstrumentation } = await import('@troupe/jetstream');
      if (registeredInstrumentation() === undefined) throw new Error('nothing observes');
      for (let i = 0; i < 1000; i++) registeredLogger().info({ i }, 'a line');
      process.exit(3);
    `);
    expect(code).toBe(3);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1000);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ i: 999, service: 'payments', message: 'a line' });
  });

  it('writes for a person just as completely', async () => {
    const { stdout } = await run(
      `for (let i = 0; i < 1000; i++) telemetry.logger.info({ i }, 'a line'); process.exit(0);`,
      { LOG_FORMAT: 'pretty' },
    );
    expect(stdout.trimEnd().split('\n')).toHaveLength(1000);
    expect(stdout).toContain('"i":999');
  });

  it('ends the process with one sentence for each wrong variable, and no stack', async () => {
    const program = `await new Promise((resolve) => setTimeout(resolve, 60_000)); console.log('reached')`;
    const ended = await run(program, { LOG_LEVEL: 'loud', OTEL_SDK_DISABLED: 'maybe' });
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'TROUPE_SETTING: LOG_LEVEL is "loud", but must be one of trace, debug, info, warn, error, fatal, silent.\n' +
        'OTEL_SDK_DISABLED is "maybe", but must be true or false.\n',
    });
  });

  it('lets a program end that has nothing left to do', async () => {
    const { code } = await run('', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    expect(code).toBe(0);
  });
});
