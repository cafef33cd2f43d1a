import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { describe, expect, it } from 'vitest';
import { ATTR, METRIC, NATS, OPERATION } from './conventions.ts';

const known = new Set(Object.values(conventions));

describe('the messaging conventions', () => {
  it.each([...Object.values(ATTR), ...Object.values(METRIC)])('have %s', (name) => {
    expect(known).toContain(name);
  });

  it('have the types of our operations', () => {
    expect(OPERATION.send).toBe(conventions.MESSAGING_OPERATION_TYPE_VALUE_SEND);
    expect(OPERATION.process).toBe(conventions.MESSAGING_OPERATION_TYPE_VALUE_PROCESS);
  });

  it('have no value for NATS yet: when they do, ours must become theirs', () => {
    const systems = Object.keys(conventions).filter((key) => key.startsWith('MESSAGING_SYSTEM_VALUE_'));
    expect(systems.length).toBeGreaterThan(5);
    expect(systems.filter((key) => key.toLowerCase().includes(NATS))).toEqual([]);
  });
});
