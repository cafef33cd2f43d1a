import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  Logger,
  type NestInterceptor,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { next, type StepContext, type StepDefinition } from '@troupe/jetstream';
import { map, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { JobAsked, JobDone } from '../jobs.spec.support.ts';
import { StepDiscovery } from './discovery.ts';
import { CONTEXT_TYPE } from './enhancers.ts';
import { Step } from './step.ts';
import { StepsModule } from './steps.module.ts';

const on = JobAsked;
const emits = [JobDone] as const;
const from = 'now';
const context = { id: 'id-1' } as StepContext;

@Injectable()
class Limit {
  readonly most = 100;
}

@Injectable()
class SmallJobsOnly implements CanActivate {
  constructor(private readonly limit: Limit) {}

  canActivate(execution: ExecutionContext): boolean {
    expect(execution.getType()).toBe(CONTEXT_TYPE);
    const [job, given] = execution.getArgs<[JobAsked, StepContext]>();
    expect(given).toBe(context);
    return job.takes <= this.limit.most;
  }
}

class Doubled implements NestInterceptor {
  intercept(_: ExecutionContext, handler: CallHandler<{ data: JobDone }>): Observable<unknown> {
    return handler.handle().pipe(map(({ data }) => next(JobDone, { number: data.number * 2 })));
  }
}

@Catch(RangeError)
class RangeFilter implements ExceptionFilter {
  catch(_: RangeError, __: ArgumentsHost): unknown {
    return next(JobDone, { number: -1 });
  }
}

class Unexpected extends Error {}

@Injectable()
class Workshop {
  @Step({ on, emits, from })
  plain(job: JobAsked) {
    if (job.number < 0) throw new Unexpected();
    return next(JobDone, { number: job.number });
  }

  @UseGuards(SmallJobsOnly)
  @Step({ on, emits, from })
  guarded(job: JobAsked) {
    return this.plain(job);
  }

  @UseInterceptors(new Doubled())
  @Step({ on, emits, from })
  async intercepted(job: JobAsked) {
    return this.plain(job);
  }

  @UseFilters(RangeFilter)
  @Step({ on, emits, from })
  filtered(job: JobAsked) {
    if (job.number > 9) throw new RangeError();
    return this.plain(job);
  }
}

@Catch()
class HttpOnly implements ExceptionFilter {
  catch(): never {
    throw new Error('a global filter saw a step');
  }
}

class Nobody implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

describe('what is bound to a step', () => {
  it('lets a guard refuse, which gets what it injects and the message and context', async () => {
    const { guarded } = await steps();
    expect(await guarded.handle(job({ takes: 100 }), context)).toEqual(next(JobDone, { number: 1 }));
    await expect(guarded.handle(job({ takes: 101 }), context)).rejects.toThrow(ForbiddenException);
  });

  it('lets an interceptor see and change what the step returns', async () => {
    const { intercepted } = await steps();
    expect(await intercepted.handle(job({ number: 4 }), context)).toEqual(next(JobDone, { number: 8 }));
  });

  it('lets a filter answer what it catches, and keeps the class of what it does not', async () => {
    const { filtered } = await steps();
    expect(await filtered.handle(job({ number: 10 }), context)).toEqual(next(JobDone, { number: -1 }));
    await expect(filtered.handle(job({ number: -1 }), context)).rejects.toThrow(Unexpected);
  });

  it('is nothing that is global: that is made for HTTP', async () => {
    const { plain, filtered } = await steps([
      { provide: APP_FILTER, useClass: HttpOnly },
      { provide: APP_GUARD, useClass: Nobody },
    ]);
    expect(await plain.handle(job({}), context)).toEqual(next(JobDone, { number: 1 }));
    await expect(filtered.handle(job({ number: -1 }), context)).rejects.toThrow(Unexpected);
  });

  it('costs a step without any nothing: it is called directly', async () => {
    const { plain } = await steps();
    expect(plain.handle(job({}), context)).toEqual(next(JobDone, { number: 1 }));
  });
});

interface Handled {
  readonly handle: (job: JobAsked, context: StepContext) => Promise<unknown>;
}

async function steps(
  global: { provide: string; useClass: new () => object }[] = [],
): Promise<Record<'plain' | 'guarded' | 'intercepted' | 'filtered', Handled>> {
  const module = await Test.createTestingModule({
    imports: [StepsModule],
    providers: [Limit, Workshop, ...global],
  }).compile();
  await module.init();
  Logger.overrideLogger(false); // Nest logs what a filter does not catch
  const found: StepDefinition[] = module.get(StepDiscovery, { strict: false }).steps();
  return Object.fromEntries(found.map((step) => [step.name, step])) as never;
}

function job(change: Partial<JobAsked>): JobAsked {
  return { number: 1, takes: 1, ...change };
}
