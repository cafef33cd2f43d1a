import { Module } from '@nestjs/common';
import { TROUPE_SETTINGS, TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { AlertsController } from './alerts.controller.ts';
import { FlowsController } from './flows/flows.controller.ts';
import { LiveView } from './flows/live-view.ts';
import { ReportController } from './flows/report.controller.ts';
import { TailController } from './flows/tail.controller.ts';
import { WhereController } from './flows/where.controller.ts';
import { History } from './history.ts';
import { LedgerHost } from './ledger-host.ts';
import { MessagesController } from './messages/messages.controller.ts';
import { StoredMessages } from './messages/stored-messages.ts';
import { PAGE_FOLDER, pageFolder } from './page/folder.ts';
import { PageController } from './page/page.controller.ts';
import { Retention } from './retention.ts';
import { CONSOLE_SETTINGS, readConsoleSettings } from './settings.ts';
import { StepsController } from './steps.controller.ts';
import { TraceLinks } from './trace-links.ts';

/**
 * Answers where every flow is, and tells of what does not go on. It reads the broker beside the path, sends no message,
 * and holds none back.
 */
@Module({
  imports: [TroupeModule.forRoot({ app: 'console' }), TelemetryModule],
  controllers: [
    WhereController,
    FlowsController,
    ReportController,
    StepsController,
    AlertsController,
    MessagesController,
    TailController,
    PageController,
  ],
  providers: [
    {
      provide: CONSOLE_SETTINGS,
      inject: [TROUPE_SETTINGS],
      useFactory: (settings) => readConsoleSettings(process.env, settings),
    },
    { provide: PAGE_FOLDER, useValue: pageFolder },
    LedgerHost,
    LiveView,
    History,
    Retention,
    StoredMessages,
    TraceLinks,
  ],
})
export class ConsoleModule {}
