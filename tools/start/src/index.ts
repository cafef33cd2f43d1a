export type { AppProcess } from './app-process.ts';
export { APPS, type App, WORKSPACE } from './apps.ts';
export { type Home, openHome } from './home.ts';
export { OrderSystem, type SystemOptions } from './order-system.ts';
export type { Observer, ProcessEnd, ProcessReturn } from './supervision.ts';
