import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { nestLogger } from '@troupe/telemetry';
import { readShippingSettings } from './settings.ts';
import { ShippingModule } from './shipping.module.ts';

await startApp(ShippingModule, {
  defaultPort: 3003,
  logger: nestLogger,
  settings: readShippingSettings,
});
