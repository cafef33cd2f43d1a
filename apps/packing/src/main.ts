import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { nestLogger } from '@troupe/telemetry';
import { PackingModule } from './packing.module.ts';

await startApp(PackingModule, { defaultPort: 3008, logger: nestLogger });
