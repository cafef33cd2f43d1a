import { describe, expect, it } from 'vitest';
import { resourceOf } from './resource.ts';

const nothing = { serviceName: undefined, resourceAttributes: {} };
const found = { name: 'payments', version: '1.2.3' };

describe('resourceOf', () => {
  it('names the app that was found, and its version', () => {
    expect(resourceOf(nothing, found).attributes).toMatchObject({
      'service.name': 'payments',
      'service.version': '1.2.3',
    });
  });

  it('tells two instances of one app apart', () => {
    const [one, two] = [resourceOf(nothing, found), resourceOf(nothing, found)];
    expect(one.attributes['service.instance.id']).not.toBe(two.attributes['service.instance.id']);
  });

  it('lets the variables outrank what was found, OTEL_SERVICE_NAME first', () => {
    const resourceAttributes = { 'service.name': 'pay', 'service.version': '9' };
    expect(resourceOf({ serviceName: undefined, resourceAttributes }, found).attributes).toMatchObject({
      'service.name': 'pay',
      'service.version': '9',
    });
    expect(resourceOf({ serviceName: 'till', resourceAttributes }, found).attributes).toMatchObject({
      'service.name': 'till',
    });
  });

  it('says that it does not know a service that was not found', () => {
    expect(resourceOf(nothing, undefined).attributes['service.name']).toMatch(/^unknown_service/);
  });
});
