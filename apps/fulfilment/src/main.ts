import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { nestLogger } from '@troupe/telemetry';
import { FulfilmentModule } from './fulfilment.module.ts';

await startApp(FulfilmentModule, { defaultPort: 3006, logger: nestLogger });
