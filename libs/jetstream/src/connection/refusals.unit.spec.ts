import { AuthorizationError, PermissionViolationError } from '@nats-io/nats-core';
import { expect, it } from 'vitest';
import { keptLog } from '../fixtures.spec.support.ts';
import { Refusals } from './refusals.ts';

it('a logon that took too long, here or there, is no refusal', () => {
  const refusals = new Refusals('127.0.0.1:4222', 'the user ada', keptLog());
  expect(refusals.ofLogon(new AuthorizationError('Authentication Timeout'))).toBeUndefined();
  expect(refusals.ofLogon(new Error('connection refused'))).toBeUndefined();
  expect(refusals.ofLogon(new AuthorizationError('Authorization Violation'))).toMatchObject({
    code: 'TROUPE_BROKER_REFUSED',
    message: expect.stringContaining('refuses the user ada: Authorization Violation.'),
  });
});

it('what is denied is told again when so much else was that it is forgotten, and never more than that is remembered', () => {
  const log = keptLog();
  const refusals = new Refusals('127.0.0.1:4222', 'the user ada', log);
  for (let n = 0; n <= 1_000; n++) refusals.report(new PermissionViolationError('', 'publish', `x.${n}`));
  expect(log.lines).toHaveLength(1_001);
  refusals.report(new PermissionViolationError('', 'publish', 'x.1000'));
  expect(log.lines).toHaveLength(1_001);
  refusals.report(new PermissionViolationError('', 'publish', 'x.0'));
  expect(log.lines).toHaveLength(1_002);
});
