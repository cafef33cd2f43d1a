import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { nestLogger } from '@troupe/telemetry';
import { PickingModule } from './picking.module.ts';

await startApp(PickingModule, { defaultPort: 3007, logger: nestLogger });
