import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Contract, contractOf, Upcast } from '@troupe/contract';
import { IsInt } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { FlowDefinitionError } from '../errors.ts';
import { Flow } from '../flows/flow.ts';
import { JobAsked, JobDone, JobFailed } from '../jobs.spec.support.ts';
import { Step } from '../steps/step.ts';
import { TroupeModule } from '../troupe.module.ts';
import { describeApp } from './describe-app.ts';

const made: string[] = [];

@Flow({ starts: JobAsked, ends: [JobDone, JobFailed], within: '1h' })
@Injectable()
class Workshop {
  constructor() {
    made.push('Workshop');
  }

  @Step({ on: JobAsked, emits: [JobDone, JobFailed], from: 'beginning', within: '30s' })
  doTheJob(): void {}
}

@Module({
  imports: [TroupeModule.forRoot({ app: 'workshop', produces: [JobAsked] })],
  providers: [Workshop, { provide: 'disk', useFactory: () => made.push('disk') }],
})
class WorkshopModule {}

describe('describeApp', () => {
  it('lists what an app sends, its steps and its flows', async () => {
    const [asked, done, failed] = [JobAsked, JobDone, JobFailed].map((cls) => contractOf<object>(cls));
    expect(await describeApp(WorkshopModule)).toEqual({
      app: 'workshop',
      produces: [asked],
      steps: [
        {
          name: 'workshop__do-the-job',
          consumes: [asked],
          emits: [done, failed],
          from: 'beginning',
          within: '30s',
        },
      ],
      flows: [{ starts: asked, ends: [done, failed], within: '1h' }],
    });
  });

  it('lists the older majors that a step converts among what it takes', async () => {
    @Contract({ type: 'job.asked', version: 2, kind: 'event', owner: 'workshop', description: 'A job.' })
    class JobAskedV2 {
      @IsInt()
      size!: number;

      @Upcast(JobAsked)
      static sized(_: JobAsked): JobAskedV2 {
        return { size: 1 };
      }
    }
    @Injectable()
    class Steps {
      @Step({ on: JobAskedV2, emits: [], from: 'now' })
      doTheJob(): void {}
    }
    @Module({ imports: [TroupeModule.forRoot({ app: 'workshop' })], providers: [Steps] })
    class Newer {}
    const [step] = (await describeApp(Newer)).steps;
    expect(step?.consumes.map(({ id }) => id)).toEqual(['job.asked.v2', 'job.asked.v1']);
  });

  it('makes no provider', async () => {
    await describeApp(WorkshopModule);
    expect(made).toEqual([]);
  });

  it('refuses what the app itself would refuse', async () => {
    @Module({ imports: [TroupeModule.forRoot({ app: 'workshop' })], providers: [Workshop] })
    class Forgetful {}
    await expect(describeApp(Forgetful)).rejects.toThrow(FlowDefinitionError);
    const app = Test.createTestingModule({ imports: [Forgetful] }).compile();
    await expect(app).rejects.toThrow(FlowDefinitionError);

    @Injectable()
    class Twice {
      @Step({ name: 'do-the-job', on: JobAsked, emits: [], from: 'now' })
      again(): void {}
    }
    @Module({
      imports: [TroupeModule.forRoot({ app: 'workshop', produces: [JobAsked] })],
      providers: [Workshop, Twice],
    })
    class Doubled {}
    await expect(describeApp(Doubled)).rejects.toThrow(/are both named "do-the-job"/);
  });

  it('refuses a module that is no app, or two', async () => {
    @Module({})
    class Empty {}
    await expect(describeApp(Empty)).rejects.toThrow('Empty imports TroupeModule.forRoot nowhere');

    @Module({ imports: [TroupeModule.forRoot({ app: 'one' }), TroupeModule.forRoot({ app: 'other' })] })
    class Both {}
    await expect(describeApp(Both)).rejects.toThrow('Both imports TroupeModule.forRoot more than once');
  });
});
