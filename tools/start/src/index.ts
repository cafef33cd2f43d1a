export { AppProcess } from './app-process.ts';
export type { AppSettings } from './app-run.ts';
export { APPS, type App, WORKSPACE } from './apps.ts';
export type { BrokerSettings, RunningBroker } from './broker-process.ts';
export {
  AlreadyRunningError,
  AppPortTakenError,
  EndedEarlyError,
  HomeError,
  NotReadyError,
} from './errors.ts';
export { type Home, openHome } from './home.ts';
export { OrderSystem, type SystemOptions } from './order-system.ts';
export type { Addresses } from './summary.ts';
export type { Observer, ProcessEnd, ProcessReturn, Supervised } from './supervision.ts';
