import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desk } from './desk.spec.support.ts';
import { apiDocument } from './page.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server?.stop());

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: object; readonly headers?: object }>>;
  readonly requestBody?: object;
}

describe('the OpenAPI document of an app with orchestrations', () => {
  it('has every route of every face, each under a name of its own', async () => {
    const { app } = await desk(server);
    const { paths, openapi } = apiDocument(app, { title: 'Desk', description: 'Fulfils.' });
    expect(openapi).toBe('3.1.0');
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, Operation>).map(
        ([method, { operationId }]) => `${method} ${path} ${operationId}`,
      ),
    );
    for (const [name, path] of [
      ['fulfilment', '/fulfilments'],
      ['return', '/returns'],
    ]) {
      expect(operations.filter((one) => one.includes(` ${path}`)).sort()).toEqual(
        [
          `delete ${path}/{id} ${name}-cancel`,
          `get ${path} ${name}-list`,
          `get ${path}/{id} ${name}-find`,
          `get ${path}/{id}/branches/{fanOut} ${name}-branches`,
          `get ${path}/{id}/diagram ${name}-diagram`,
          `post ${path} ${name}-start`,
          `post ${path}/{id}/compensate ${name}-compensate`,
          `post ${path}/{id}/retry ${name}-retry`,
          `post ${path}/{id}/skip ${name}-skip`,
        ].sort(),
      );
    }
  });

  it('describes the body by the contract, and refers to nothing that it does not have', async () => {
    const { app } = await desk(server);
    const document = apiDocument(app, { title: 'Desk', description: 'Fulfils.' });
    const schemas = document.components?.schemas ?? {};
    expect(schemas.FulfilmentRequested).toMatchObject({
      required: ['orderId', 'lines'],
      properties: { orderId: { type: 'string', minLength: 1 }, lines: { type: 'integer', minimum: 1 } },
      additionalProperties: false,
    });
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '');
    expect(new Set(refs.map((ref) => ref.replace('#/components/schemas/', '')))).toEqual(
      new Set(Object.keys(schemas).filter((name) => refs.includes(`#/components/schemas/${name}`))),
    );
  });
});
