import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { nestLogger } from '@troupe/telemetry';
import { PaymentsModule } from './payments.module.ts';
import { readPaymentsSettings } from './settings.ts';

await startApp(PaymentsModule, {
  defaultPort: 3001,
  logger: nestLogger,
  settings: readPaymentsSettings,
});
