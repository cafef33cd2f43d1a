import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Face } from './face.ts';
import { FACES } from './faces.ts';
import { schemasOf } from './schemas.ts';

/** What an OpenAPI page says of the app. */
export interface ApiPage {
  readonly title: string;
  readonly description: string;
}

/** Serves the OpenAPI page of an app with orchestrations at `/docs`, and the document at `/docs-json`. */
export function serveApiPage(app: NestFastifyApplication, page: ApiPage): void {
  SwaggerModule.setup('docs', app, () => apiDocument(app, page));
}

/** The OpenAPI document itself. */
export function apiDocument(app: NestFastifyApplication, { title, description }: ApiPage): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setDescription(description)
    .setVersion('1')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  const faces = app.get<readonly Face[]>(FACES, { each: true, strict: false }).flat();
  const schemas = { ...document.components?.schemas, ...schemasOf(faces) };
  return { ...document, components: { ...document.components, schemas } };
}
