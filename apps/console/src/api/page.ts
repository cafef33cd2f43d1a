import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { schemas } from './schemas.ts';

/** Serves the OpenAPI page at `/docs` and the document at `/docs-json`. */
export function serveApiPage(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => apiDocument(app));
}

function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Console')
    .setDescription('Says where every flow is, as the broker has it. Nothing can be changed here.')
    .setVersion('1')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  return {
    ...document,
    components: { ...document.components, schemas: { ...document.components?.schemas, ...schemas } },
  };
}
