import '@troupe/telemetry';
import { startApp } from '@troupe/nest';
import { nestLogger } from '@troupe/telemetry';
import { serveApiPage } from './api/page.ts';
import { ConsoleModule } from './console.module.ts';
import { servePage } from './page/serve.ts';
import { readConsoleSettings } from './settings.ts';

await startApp(ConsoleModule, {
  defaultPort: 3005,
  logger: nestLogger,
  configure: async (app) => {
    serveApiPage(app);
    await servePage(app);
  },
  settings: readConsoleSettings,
});
