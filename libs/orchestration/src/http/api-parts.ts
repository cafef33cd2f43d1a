import { ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { Face } from './face.ts';
import { type SchemaName, schemaRef } from './schemas.ts';

/** Names an operation: its id is unique among all faces of an app. */
export function operation({ name }: Face, action: string, summary: string): MethodDecorator {
  return ApiOperation({ operationId: `${name}-${action}`, summary });
}

export function id(): MethodDecorator {
  return ApiParam({
    name: 'id',
    description: 'Its id, which is that of its flow.',
    schema: { type: 'string' },
  });
}

export function query(
  name: string,
  description: string,
  schema: object = { type: 'string' },
): MethodDecorator {
  return ApiQuery({ name, description, required: false, schema });
}

export function takes(description: string): MethodDecorator {
  return ApiResponse({
    status: 202,
    description,
    headers: {
      Location: { description: 'Path of the instance.', schema: { type: 'string' } },
      ETag: etag,
      'Retry-After': retryAfter,
    },
    content: { 'application/json': { schema: schemaRef('MasterStatus') } },
  });
}

export function answers(schema: SchemaName, description: string): MethodDecorator {
  return ApiResponse({
    status: 200,
    description,
    content: { 'application/json': { schema: schemaRef(schema) } },
  });
}

export function refuses(status: number, description: string): MethodDecorator {
  return ApiResponse({ status, description, content: problem });
}

export function unknown(): MethodDecorator {
  return refuses(
    404,
    'There is none of this id here; the detail says so when it is one of another orchestration.',
  );
}

export function isAway(): MethodDecorator {
  return ApiResponse({
    status: 503,
    description: 'The broker does not answer, or takes nothing now.',
    headers: { 'Retry-After': retryAfter },
    content: problem,
  });
}

export const etag = { description: 'Changes with the status.', schema: { type: 'string' as const } };
export const retryAfter = { description: 'Seconds to wait.', schema: { type: 'integer' as const } };
const problem = { 'application/problem+json': { schema: schemaRef('Problem') } };
