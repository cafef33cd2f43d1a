import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { apiSchemas } from './api-schemas.ts';

/** Serves the OpenAPI page at `/docs` and the document at `/docs-json`. */
export function serveApiPage(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => apiDocument(app));
}

function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Storefront')
    .setDescription('Takes orders. What becomes of them is told by events, not here.')
    .setVersion('1')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  const schemas = { ...document.components?.schemas, ...apiSchemas() };
  return { ...document, components: { ...document.components, schemas } };
}
