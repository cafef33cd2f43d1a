import { describe, expect, it } from 'vitest';
import { destinationOf } from './destination.ts';

describe('destinationOf', () => {
  it.each([
    ['evt.order.placed.v1.17', 'evt.order.placed.v1.{lane}', '17'],
    ['cmd.item.pick.v2.0', 'cmd.item.pick.v2.{lane}', '0'],
    ['rdv.payments.authorize.5', 'rdv.payments.authorize.{lane}', '5'],
    ['staging.evt.order.placed.v1.17', 'staging.evt.order.placed.v1.{lane}', '17'],
  ])('takes the last token of %s for its lane', (subject, template, lane) => {
    expect(destinationOf(subject)).toEqual({ template, lane });
  });

  it('gives all schedules of an app one template, and no lane', () => {
    expect(destinationOf('sch.payments.8f2c')).toEqual({
      template: 'sch.payments.{schedule}',
      lane: undefined,
    });
  });

  it.each(['dlq.payments.authorize', 'plain', ''])('leaves "%s" as it is', (subject) => {
    expect(destinationOf(subject)).toEqual({ template: subject, lane: undefined });
  });
});
