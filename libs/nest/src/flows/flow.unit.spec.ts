import { Controller, Injectable, Module, type Provider } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { FlowDefinitionError } from '../errors.ts';
import { JobAsked, JobDone, JobFailed, StopJob } from '../jobs.spec.support.ts';
import { Step } from '../steps/step.ts';
import { StepsModule } from '../steps/steps.module.ts';
import { FlowDiscovery } from './discovery.ts';
import { declaredFlows, Flow, type FlowOptions } from './flow.ts';

describe('@Flow', () => {
  it('keeps several flows of a class in the order of their lines, and gives a subclass none', () => {
    @Flow({ starts: JobAsked, ends: [JobDone], within: '2d' })
    @Flow({ starts: JobDone, ends: [JobFailed] })
    class Office {}
    class Branch extends Office {}
    expect(declaredFlows(Office)).toEqual([
      { starts: JobAsked, ends: [JobDone], within: '2d' },
      { starts: JobDone, ends: [JobFailed] },
    ]);
    expect(declaredFlows(Branch)).toEqual([]);
  });
});

describe('the flows of an app', () => {
  it('are found at providers, controllers and modules, each class once', async () => {
    @Flow({ starts: JobAsked, ends: [JobDone] })
    @Injectable()
    class Desk {}
    @Flow({ starts: JobDone, ends: [JobFailed] })
    @Controller()
    class Counter {}
    @Flow({ starts: JobFailed, ends: [JobDone] })
    @Module({
      imports: [StepsModule],
      providers: [Desk, { provide: 'again', useClass: Desk }],
      controllers: [Counter],
    })
    class Office {}
    const app = await Test.createTestingModule({ imports: [Office] }).compile();
    const flows = app.get(FlowDiscovery, { strict: false }).flows([JobAsked, JobDone, JobFailed]);
    expect(flows.map(({ declaredAt, starts }) => [declaredAt, starts])).toEqual(
      expect.arrayContaining([
        ['Desk', JobAsked],
        ['Counter', JobDone],
        ['Office', JobFailed],
      ]),
    );
    expect(flows).toHaveLength(3);
  });

  it('may start with what a step emits', async () => {
    @Flow({ starts: JobAsked, ends: [JobDone] })
    @Injectable()
    class Office {
      @Step({ on: JobFailed, emits: [JobAsked], from: 'now' })
      again(): void {}
    }
    const step = {
      name: 'again',
      on: [JobFailed],
      emits: [JobAsked],
      from: 'now',
      handle: () => {},
    } as const;
    expect((await discoveryOf([Office])).flows([], [step])).toHaveLength(1);
  });

  it.each<[string, FlowOptions, RegExp]>([
    [
      'an event that the app does not send',
      { starts: JobDone, ends: [JobFailed] },
      /job\.done\.v1, which the app does not send/,
    ],
    ['no ends', { starts: JobAsked, ends: [] }, /has no end/],
    ['a command', { starts: JobAsked, ends: [StopJob] }, /names the command job\.stop\.v1 in "ends"/],
    ['an end twice', { starts: JobAsked, ends: [JobDone, JobDone] }, /names job\.done\.v1 twice/],
    ['its start as an end', { starts: JobAsked, ends: [JobAsked] }, /starts and ends with job\.asked\.v1/],
    ['a class that is no contract', { starts: JobAsked, ends: [Date as never] }, /names Date in "ends"/],
    [
      'a circle of imports',
      { starts: undefined as never, ends: [] },
      /names undefined \(do two files import/,
    ],
    ['a time that is none', { starts: JobAsked, ends: [JobDone], within: '2 days' }, /has within "2 days"/],
  ])('refuse %s', async (_, options, problem) => {
    @Flow(options)
    class Office {}
    const discovery = await discoveryOf([Office]);
    expect(() => discovery.flows([JobAsked])).toThrow(FlowDefinitionError);
    expect(() => discovery.flows([JobAsked])).toThrow(problem);
  });

  it('refuse two that start alike', async () => {
    @Flow({ starts: JobAsked, ends: [JobDone] })
    class One {}
    @Flow({ starts: JobAsked, ends: [JobFailed] })
    class Other {}
    const discovery = await discoveryOf([One, Other]);
    expect(() => discovery.flows([JobAsked])).toThrow(
      'The flow of Other starts with job.asked.v1, and so does the one of One.',
    );
  });
});

async function discoveryOf(providers: Provider[]): Promise<FlowDiscovery> {
  const module = await Test.createTestingModule({ imports: [StepsModule], providers }).compile();
  return module.get(FlowDiscovery);
}
