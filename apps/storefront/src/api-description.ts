import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { schemaRef } from './api-schemas.ts';

/** `POST /orders` on the OpenAPI page. */
export function DescribePlace(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Places an order.' }),
    ApiHeader({
      name: 'Idempotency-Key',
      description:
        'Visible ASCII, kept for a day. A repeat with the same key and body gets the first answer and places nothing: send one with every order that you may have to send again.',
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
    ApiBody({ required: true, schema: schemaRef('PlaceOrder') }),
    ApiResponse({
      status: 202,
      description: 'The order is stored and will be carried out.',
      headers: { Location: { description: 'Path of the order.', schema: { type: 'string' } } },
      content: { 'application/json': { schema: schemaRef('Taken') } },
    }),
    refuses(400, 'The body is no JSON object, or the Idempotency-Key is none.'),
    refuses(413, 'The body is over 1 MiB, or the order over what the broker takes.'),
    refuses(415, 'The body is not application/json.'),
    refuses(422, 'Fields are wrong, or the Idempotency-Key was used for another order.'),
    isAway('The broker does not answer. Only with an Idempotency-Key is it safe to send the order again.'),
  );
}

/** `GET /orders/{orderId}` on the OpenAPI page. */
export function DescribeFind(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Gives the receipt of an order that was taken within the last day.' }),
    ApiParam({ name: 'orderId', schema: { type: 'string' } }),
    ApiResponse({
      status: 200,
      description: 'The order was taken. What became of it since is not known here.',
      content: { 'application/json': { schema: schemaRef('Receipt') } },
    }),
    refuses(404, 'No such order was taken within the last day.'),
    isAway('The broker does not answer.'),
  );
}

function refuses(status: number, description: string): MethodDecorator {
  return ApiResponse({ status, description, content: problem });
}

function isAway(description: string): MethodDecorator {
  const headers = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };
  return ApiResponse({ status: 503, description, headers, content: problem });
}

const problem = { 'application/problem+json': { schema: schemaRef('Problem') } };
