import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { serveApiPage } from '@troupe/orchestration';
import { nestLogger } from '@troupe/telemetry';
import { FulfilmentModule } from './fulfilment.module.ts';

await startApp(FulfilmentModule, {
  defaultPort: 3006,
  logger: nestLogger,
  configure: (app) =>
    serveApiPage(app, {
      title: 'Fulfilment',
      description: 'Has orders picked, packed, labelled and delivered, and says how far each is.',
    }),
});
