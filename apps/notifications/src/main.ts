import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { nestLogger } from '@troupe/telemetry';
import { NotificationsModule } from './notifications.module.ts';

await startApp(NotificationsModule, { defaultPort: 3004, logger: nestLogger });
