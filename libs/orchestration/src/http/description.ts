import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { INSTANCE_STATUSES } from '../record.ts';
import {
  answers,
  etag,
  id,
  isAway,
  operation,
  query,
  refuses,
  retryAfter,
  takes,
  unknown,
} from './api-parts.ts';
import { bodyRef } from './body-schemas.ts';
import type { Face } from './face.ts';
import { type SchemaName, schemaRef } from './schemas.ts';

/** The face on the OpenAPI page. */
export function DescribeFace({ name }: Face): ClassDecorator {
  return ApiTags(name);
}

/** `POST /{path}` */
export function DescribeStart(face: Face): MethodDecorator {
  return applyDecorators(
    operation(face, 'start', `Starts a ${face.name}.`),
    ApiHeader({
      name: 'Idempotency-Key',
      description: face.id
        ? 'Not needed: the body says which one it is, and a repeat gets what the first began.'
        : 'Visible ASCII. A repeat with the same key and body gets what the first began, for as long as that is kept: send one with every start that you may have to send again.',
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiBody({ required: true, schema: bodyRef(face) }),
    takes('The start is stored and will be carried out.'),
    refuses(400, 'The body is no JSON object, or the Idempotency-Key is none.'),
    refuses(409, 'It was begun already, and not by a request like this.'),
    refuses(413, 'The body is larger than the app or the broker takes.'),
    refuses(415, 'The body is not application/json.'),
    refuses(422, 'Fields are wrong, or it was begun with another body.'),
    isAway(),
  );
}

/** `GET /{path}` */
export function DescribeList(face: Face): MethodDecorator {
  return applyDecorators(
    operation(face, 'list', `Lists them, youngest first, a page at a time.`),
    query('status', 'Those in this status alone.', { enum: [...INSTANCE_STATUSES] }),
    query('state', 'Those whose machine is in this state: picking, or packing.label for a nested one.'),
    query('limit', 'So many at most.', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
    query('cursor', 'Where the last answer ended. A page may be short and still have one.'),
    answers('Instances', 'A page of instances.'),
    refuses(400, 'A parameter asks for what cannot be.'),
    isAway(),
  );
}

/** `GET /{path}/{id}` */
export function DescribeFind(face: Face): MethodDecorator {
  return applyDecorators(
    operation(face, 'find', 'Gives its master status: at once, when it changes, or as it changes.'),
    id(),
    query(
      'wait',
      'Waits so long for a change, 60s at most: with If-None-Match until it differs, without until it is over.',
    ),
    ApiHeader({ name: 'If-None-Match', description: 'The ETag of the last answer.', required: false }),
    ApiHeader({
      name: 'Accept',
      description: 'text/event-stream: server-sent events, one `status` for each change, until it is over.',
      required: false,
    }),
    ApiResponse({
      status: 200,
      description: 'The master status.',
      headers: { ETag: etag, 'Retry-After': retryAfter },
      content: {
        'application/json': { schema: schemaRef('MasterStatus') },
        'text/event-stream': { schema: schemaRef('MasterStatus') },
      },
    }),
    ApiResponse({ status: 204, description: 'The end was streamed already (Last-Event-ID).' }),
    ApiResponse({ status: 304, description: 'It is as If-None-Match has it.' }),
    refuses(400, 'The wait is none, or longer than 60s.'),
    unknown(),
    isAway(),
  );
}

/** `GET /{path}/{id}/branches/{fanOut}` */
export function DescribeBranches(face: Face): MethodDecorator {
  return applyDecorators(
    operation(face, 'branches', 'Lists the branches of a fan-out, a page at a time.'),
    id(),
    ApiParam({ name: 'fanOut', description: 'Name of the fan-out, as its step has it.' }),
    query('after', 'Those after this index.', { type: 'integer', minimum: 0 }),
    query('limit', 'So many at most.', { type: 'integer', minimum: 1, maximum: 1_000, default: 100 }),
    answers('Branches', 'Branches in the order of their indices.'),
    refuses(400, 'A parameter asks for what cannot be.'),
    unknown(),
    isAway(),
  );
}

/** `GET /{path}/{id}/diagram` */
export function DescribeDiagram(face: Face): MethodDecorator {
  return applyDecorators(
    operation(face, 'diagram', 'Draws its machine with the present state marked.'),
    id(),
    ApiResponse({
      status: 200,
      description: 'A state diagram, as text for Mermaid.',
      content: { 'text/plain': { schema: { type: 'string' } } },
    }),
    unknown(),
    isAway(),
  );
}

/** `DELETE /{path}/{id}` */
export function DescribeCancel(face: Face): MethodDecorator {
  return request(face, 'cancel', 'Cancels it: what was done is undone, in reverse order.');
}

/** `POST /{path}/{id}/retry` */
export function DescribeRetry(face: Face): MethodDecorator {
  return asked(face, 'retry', 'Retry', 'Sends what failed again.');
}

/** `POST /{path}/{id}/skip` */
export function DescribeSkip(face: Face): MethodDecorator {
  return asked(face, 'skip', 'Skip', 'Goes on as if a failed command had been answered so.');
}

/** `POST /{path}/{id}/compensate` */
export function DescribeCompensate(face: Face): MethodDecorator {
  return asked(face, 'compensate', 'Compensate', 'Undoes what was done, in reverse order.');
}

function asked(face: Face, action: string, schema: SchemaName, summary: string): MethodDecorator {
  return applyDecorators(
    request(face, action, summary),
    ApiBody({ required: true, schema: schemaRef(schema) }),
    refuses(400, 'The body is no JSON object.'),
    refuses(415, 'The body is not application/json.'),
    refuses(422, 'Fields are wrong.'),
  );
}

function request(face: Face, action: string, summary: string): MethodDecorator {
  return applyDecorators(
    operation(face, action, summary),
    id(),
    takes('It is asked to, and does it when its turn comes; the status is that of before.'),
    unknown(),
    refuses(409, 'It is not in a status for that.'),
    isAway(),
  );
}
