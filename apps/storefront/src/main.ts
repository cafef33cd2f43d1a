import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { nestLogger } from '@troupe/telemetry';
import { serveApiPage } from './api-page.ts';
import { StorefrontModule } from './storefront.module.ts';

await startApp(StorefrontModule, { defaultPort: 3000, logger: nestLogger, configure: serveApiPage });
