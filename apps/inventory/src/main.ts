import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { nestLogger } from '@troupe/telemetry';
import { InventoryModule } from './inventory.module.ts';
import { readInventorySettings } from './settings.ts';

await startApp(InventoryModule, {
  defaultPort: 3002,
  logger: nestLogger,
  settings: readInventorySettings,
});
