import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Controller,
  type DynamicModule,
  Injectable,
  Module,
  type OnModuleDestroy,
  Post,
} from '@nestjs/common';
import { next, Producer } from '@troupe/jetstream';
import { JobAsked, JobDone, SMALL_STREAMS } from '../jobs.spec.support.ts';
import { Step } from '../steps/step.ts';
import { TroupeModule } from '../troupe.module.ts';
import { startApp } from './start-app.ts';

/** The process that `start-app.int.spec.ts` runs: does jobs, says when it begins and ends one, and asks for jobs over HTTP. */
@Injectable()
class Workshop implements OnModuleDestroy {
  #closed = false;

  @Step({ on: JobAsked, emits: [JobDone], from: 'beginning', concurrency: 4 })
  async work(job: JobAsked) {
    say(`began ${job.number}`);
    await delay(job.takes);
    if (this.#closed) say('its tools were put away');
    say(`ended ${job.number}`);
    return next(JobDone, { number: job.number });
  }

  onModuleDestroy(): void {
    this.#closed = true;
  }
}

@Injectable()
class Twin {
  @Step({ on: JobDone, emits: [], from: 'now' })
  work(): void {}
}

@Controller('jobs')
class Desk {
  constructor(private readonly producer: Producer) {}

  @Post()
  async ask(): Promise<object> {
    say('got a request');
    await delay(300);
    return this.producer.send(JobAsked, { number: 1, takes: 1 }, { id: 'asked' });
  }
}

@Module({})
class WorkshopModule {
  static with(twin: boolean): DynamicModule {
    return {
      module: WorkshopModule,
      imports: [
        TroupeModule.forRoot({
          app: 'workshop',
          version: '1.0.0',
          produces: [JobAsked],
          streams: SMALL_STREAMS,
        }),
      ],
      providers: twin ? [Workshop, Twin] : [Workshop],
      controllers: [Desk],
    };
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

@Module({ imports: [WorkshopModule.with(process.env.TWIN === 'true')] })
class MainModule {}

await startApp(MainModule, { defaultPort: 3999 });
