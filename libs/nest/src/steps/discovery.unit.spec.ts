import { Controller, Injectable, type Provider, Scope, UsePipes, ValidationPipe } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  assertDeclaration,
  type Effects,
  type EffectsKey,
  next,
  type OutgoingMessage,
  type StepDefinition,
} from '@troupe/jetstream';
import { describe, expect, it } from 'vitest';
import { JobAsked, JobDone, StopJob } from '../jobs.spec.support.ts';
import { declareClassStep } from './class-step.ts';
import { StepDiscovery } from './discovery.ts';
import { Step } from './step.ts';
import { StepsModule } from './steps.module.ts';

@Injectable()
class Tools {
  readonly factor = 10;
}

@Injectable()
class Workshop {
  constructor(private readonly tools: Tools) {}

  @Step({ on: JobAsked, emits: [JobDone], from: 'now' })
  work(job: JobAsked) {
    return next(JobDone, { number: job.number * this.tools.factor });
  }

  notAStep(): void {}
}

describe('discovery', () => {
  it('finds the steps of providers and controllers, with where they are declared', async () => {
    @Controller()
    class Desk {
      @Step({ on: StopJob, emits: [], from: 'now' })
      stop(): void {}
    }
    const steps = await stepsOf([Tools, Workshop], [Desk]);
    expect(steps.map(({ name, declaredAt }) => [name, declaredAt])).toEqual([
      ['work', 'Workshop.work'],
      ['stop', 'Desk.stop'],
    ]);
  });

  it('calls a step on the instance that Nest made', async () => {
    const [step] = await stepsOf([Tools, Workshop]);
    expect(step?.handle({ number: 4, takes: 0 } satisfies JobAsked, {} as never)).toEqual({
      contract: JobDone,
      data: { number: 40 },
    });
  });

  it('finds a step once, of a class that is given by value, by an alias or twice', async () => {
    const value = new Workshop(new Tools());
    expect(await stepsOf([{ provide: 'workshop', useValue: value }])).toHaveLength(1);
    const alias = { provide: 'workshop', useExisting: Workshop };
    expect(await stepsOf([Tools, Workshop, alias])).toHaveLength(1);
    expect(await stepsOf([Tools, Workshop, { provide: 'again', useClass: Workshop }])).toHaveLength(1);
  });

  it('refuses a step of a provider that a factory makes', async () => {
    const factory = { provide: Workshop, useFactory: () => new Workshop(new Tools()) };
    await expect(stepsOf([factory])).rejects.toThrow(/Workshop\.work .*factory.*Provide the class/);
  });

  it.each([
    ['itself', [Tools, scoped(Workshop, Scope.REQUEST)]],
    ['through what it depends on', [scoped(Tools, Scope.REQUEST), Workshop]],
    ['as a transient', [Tools, scoped(Workshop, Scope.TRANSIENT)]],
  ])('refuses a step of a provider that is made for each request: %s', async (_, providers) => {
    await expect(stepsOf(providers)).rejects.toThrow(/Workshop\.work .*singletons/);
  });

  it('keeps effects in the instance that Nest made, and refuses a step whose effects nobody provides', async () => {
    class Books implements Effects<string> {
      readonly problem = undefined;
      readonly open = async (): Promise<void> => {};
      readonly close = async (): Promise<void> => {};
      published(): void {}
      process(_key: EffectsKey, work: (page: string) => Promise<readonly OutgoingMessage[]>) {
        return work('page 1');
      }
    }
    @Injectable()
    class Bookkeeper {
      @Step({ on: JobAsked, emits: [], from: 'now', effects: Books })
      one(): void {}

      @Step({ on: JobDone, emits: [], from: 'now', effects: Books })
      other(): void {}
    }
    const [one, other] = await stepsOf([Books, Bookkeeper]);
    expect(one?.effects).toBe(other?.effects);
    const pages: unknown[] = [];
    await one?.effects?.process({ source: '/s', id: '1', step: 'a__b' }, async (page) => {
      pages.push(page);
      return [];
    });
    expect(pages).toEqual(['page 1']);
    await expect(stepsOf([Bookkeeper])).rejects.toThrow(
      /Bookkeeper\.one keeps its effects in Books, which no module provides/,
    );
  });

  it('finds a provider that is a step as a whole, and not the classes that inherit from it', async () => {
    class Machine {}
    class Derived extends Machine {}
    const declared = {
      name: 'machine',
      on: [JobAsked],
      emits: [JobDone],
      from: 'now',
      handle: () => {},
    } as const;
    declareClassStep(Machine, () => declared);

    expect(await stepsOf([Machine, Derived])).toEqual([{ ...declared, declaredAt: 'Machine' }]);
    const factory = { provide: Machine, useFactory: () => new Machine() };
    await expect(stepsOf([factory])).rejects.toThrow(/Step Machine .*factory.*Provide the class/);

    declareClassStep(Derived, () => ({ ...declared, on: [Tools] }));
    await expect(stepsOf([Derived])).rejects.toThrow('Step Derived names Tools in "on"');
  });

  it('refuses pipes, which would be skipped', async () => {
    @Injectable()
    class Piped {
      @UsePipes(ValidationPipe)
      @Step({ on: JobAsked, emits: [], from: 'now' })
      work(): void {}
    }
    await expect(stepsOf([Piped])).rejects.toThrow(/Piped\.work has pipes/);
  });

  it('refuses what is no contract, saying where', async () => {
    @Injectable()
    class Wrong {
      @Step({ on: [Tools], emits: [], from: 'now' })
      work(): void {}
    }
    @Injectable()
    class Circular {
      @Step({ on: JobAsked, emits: [undefined as unknown as typeof JobDone], from: 'now' })
      work(): void {}
    }
    await expect(stepsOf([Wrong])).rejects.toThrow('Step Wrong.work names Tools in "on"');
    await expect(stepsOf([Circular])).rejects.toThrow(
      /Circular\.work names undefined in "emits".*import one another/,
    );
  });

  it('gives the runtime what it needs to refuse two steps of one name and a command with two handlers', async () => {
    @Injectable()
    class First {
      @Step({ on: StopJob, emits: [], from: 'now' })
      stop(): void {}
    }
    @Injectable()
    class Second {
      @Step({ on: JobAsked, emits: [], from: 'now' })
      stop(): void {}
    }
    @Injectable()
    class Third {
      @Step({ on: StopJob, emits: [], from: 'now' })
      alsoStop(): void {}
    }
    const declared = async (...providers: Provider[]) =>
      assertDeclaration({ app: 'workshop', version: '1.0.0', steps: await stepsOf(providers) });
    await expect(declared(First, Second)).rejects.toThrow(
      /First\.stop and Second\.stop are both named "stop"/,
    );
    await expect(declared(First, Third)).rejects.toThrow(
      /job\.stop\.v1 is handled by First\.stop and Third\.alsoStop/,
    );
  });
});

async function stepsOf(
  providers: readonly Provider[],
  controllers: (new () => object)[] = [],
): Promise<StepDefinition[]> {
  const module = await Test.createTestingModule({
    imports: [StepsModule],
    providers: [...providers],
    controllers,
  }).compile();
  const discovery = module.get(StepDiscovery, { strict: false });
  const steps = discovery.steps();
  discovery.assertHosts();
  return steps;
}

function scoped(useClass: new (...args: never[]) => object, scope: Scope): Provider {
  return { provide: useClass, useClass: useClass as new () => object, scope };
}
