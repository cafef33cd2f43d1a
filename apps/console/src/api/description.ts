import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { FLOW_STATES } from '@troupe/ledger';
import { type SchemaName, schemaRef } from './schemas.ts';

/** `GET /where/{key}` on the OpenAPI page. */
export function DescribeWhere(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Says where it is: one sentence, and the flows that the key leads to.' }),
    path('key', 'A flow id, a message id, or any business key such as an order id.'),
    answers('Whereabouts', 'The flows, youngest first, 20 at most. Several kinds of key may match.'),
    refuses(404, 'Nothing is known of the key; the detail says what was searched, and from when on.'),
    isNotOpen(),
  );
}

/** `GET /flows` on the OpenAPI page. */
export function DescribeFlows(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Lists flows, youngest first, a page at a time.' }),
    query('state', 'Flows in this state alone.', { enum: [...FLOW_STATES] }),
    query('type', 'Flows that a message of this contract opened: order.placed.v1.'),
    query('since', 'Flows that began then or later, RFC 3339.'),
    query('until', 'Flows that began before, RFC 3339.'),
    query('limit', 'So many at most.', { type: 'integer', minimum: 1, maximum: 500, default: 50 }),
    query('cursor', 'Where the last answer ended. A page may be short and still have one.'),
    answers('FlowsPage', 'A page of flows.'),
    refuses(400, 'A parameter asks for what cannot be.'),
    isNotOpen(),
  );
}

/** `GET /flows/{id}` on the OpenAPI page. */
export function DescribeFlow(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Gives one flow whole.' }),
    path('id', 'The flow id.'),
    answers('FlowAnswer', 'The flow as a tree: message, step, next messages.'),
    refuses(404, 'No flow has this id.'),
    isNotOpen(),
  );
}

/** `GET /flows/{id}/diagram` on the OpenAPI page. */
export function DescribeDiagram(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Draws one flow as a Mermaid sequence diagram.' }),
    path('id', 'The flow id.'),
    ApiResponse({
      status: 200,
      description: 'Text for Mermaid.',
      content: { 'text/plain': { schema: { type: 'string' } } },
    }),
    refuses(404, 'No flow has this id.'),
    isNotOpen(),
  );
}

/** `GET /flows/{flowId}/report` on the OpenAPI page. */
export function DescribeReport(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary:
        'Adds one flow up: ends, steps, branches, retries, dead letters, times, and what is not known.',
      description: 'As of when it is asked for: the ledger has a second to catch up.',
    }),
    path('flowId', 'The flow id, percent-encoded.'),
    query('ends', 'Contract ids, with commas between: ends of a flow that declares none. 20 at most.'),
    query('data', 'Whether to give what ends say, as it was sent: sensitive values too.', {
      type: 'boolean',
      default: false,
    }),
    answers('FlowReport', 'The report.'),
    refuses(400, 'A parameter asks for what cannot be.'),
    refuses(404, 'No flow has this id, as far as is known.'),
    isNotOpen(),
  );
}

/** `GET /steps` on the OpenAPI page. */
export function DescribeSteps(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Lists every step: its queues, how its work goes, and its instances.' }),
    answers('StepsPage', 'The steps that are declared or have a consumer, by name.'),
    isNotOpen(),
  );
}

/** `GET /alerts` on the OpenAPI page. */
export function DescribeAlerts(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Lists what does not go on now.' }),
    answers('Alerts', 'The alerts that fire, and when the watchdog looked last.'),
    isNotOpen(),
  );
}

/** `GET /messages/{stream}/{seq}` on the OpenAPI page. */
export function DescribeMessage(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Reads one message from its stream.' }),
    path('stream', 'The stream, as a flow names it.'),
    path('seq', 'The sequence in the stream.'),
    answers('StoredMessage', 'The message.'),
    refuses(400, 'That is no sequence.'),
    refuses(404, 'The stream holds no such message, or is none of this environment.'),
    isNotOpen(),
  );
}

/** `GET /tail` on the OpenAPI page. */
export function DescribeTail(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Shows flows as they change, as server-sent events, without an end.' }),
    query('state', 'Flows that come into this state.', { enum: [...FLOW_STATES] }),
    query('type', 'Flows that a message of this contract opened.'),
    query('step', 'Flows in which this step has or had work: payments__authorize.'),
    ApiResponse({
      status: 200,
      description:
        '`flow` with a TailEntry for each change; `freshness` at the beginning and every 5 s without one.',
      content: { 'text/event-stream': { schema: schemaRef('TailEntry') } },
    }),
    refuses(400, 'A parameter asks for what cannot be.'),
    ApiResponse({
      status: 503,
      description: 'The ledger is not open yet, or 100 are shown already.',
      content: problem,
    }),
  );
}

function path(name: string, description: string): MethodDecorator {
  return ApiParam({ name, description, schema: { type: 'string' } });
}

function query(name: string, description: string, schema: object = { type: 'string' }): MethodDecorator {
  return ApiQuery({ name, description, required: false, schema });
}

function answers(schema: SchemaName, description: string): MethodDecorator {
  const content = { 'application/json': { schema: schemaRef(schema) } };
  return ApiResponse({ status: 200, description, content });
}

function refuses(status: number, description: string): MethodDecorator {
  return ApiResponse({ status, description, content: problem });
}

function isNotOpen(): MethodDecorator {
  const headers = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };
  const description = 'The ledger is not open yet, or the broker does not answer.';
  return ApiResponse({ status: 503, description, headers, content: problem });
}

const problem = { 'application/problem+json': { schema: schemaRef('Problem') } };
