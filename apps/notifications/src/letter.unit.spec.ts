import { expect, it } from 'vitest';
import { letterOf } from './letter.ts';
import { declined, dispatched, placed, refunded } from './news.spec.support.ts';

it.each([
  { news: placed, template: 'order-received', values: { amount: 12_900, currency: 'EUR' } },
  { news: declined, template: 'payment-declined', values: { reason: 'card-declined' } },
  { news: refunded, template: 'payment-refunded', values: { amount: 12_900, currency: 'EUR' } },
  {
    news: dispatched,
    template: 'parcel-on-its-way',
    values: { parcelId: 'par_1', carrier: 'Northbound Freight', warehouse: 'east' },
  },
])('tells of $template', ({ news, template, values }) => {
  expect(letterOf(news)).toEqual({
    to: 'ada@example.com',
    template,
    orderId: 'o-1001',
    values: { name: 'Ada Example', ...values },
  });
});
