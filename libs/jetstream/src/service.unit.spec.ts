import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceOf } from './service.ts';

describe('serviceOf', () => {
  let folder: string;
  let main: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'service-'));
    mkdirSync(join(folder, 'app', 'dist'), { recursive: true });
    main = join(folder, 'app', 'dist', 'main.js');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const manifest = (path: string, text: string) => writeFileSync(join(folder, path, 'package.json'), text);

  it('reads the package.json nearest to the main file, and drops its scope', () => {
    manifest('.', '{"name":"workspace","version":"0.0.1"}');
    manifest('app', '{"name":"@shop/payments","version":"1.2.3"}');
    expect(serviceOf(main, {})).toEqual({ name: 'payments', version: '1.2.3' });
  });

  it('passes by a package.json that names nothing or cannot be read', () => {
    manifest('app', '{"name":"@shop/payments"}');
    manifest('app/dist', '{"type":"module"}');
    expect(serviceOf(main, {})).toEqual({ name: 'payments', version: undefined });
    manifest('app/dist', '{');
    expect(serviceOf(main, {})).toEqual({ name: 'payments', version: undefined });
  });

  it('takes the name that npm sets only where no package.json says one', () => {
    expect(serviceOf(undefined, { npm_package_name: '@shop/payments' })).toEqual({
      name: 'payments',
      version: undefined,
    });
    manifest('app', '{"name":"@shop/shipping"}');
    expect(serviceOf(main, { npm_package_name: 'workspace' })?.name).toBe('shipping');
  });

  it('knows nothing without either', () => {
    expect(serviceOf(undefined, {})).toBeUndefined();
  });
});
