export { APPS, type App } from './apps.ts';
export { openHome } from './home.ts';
export { OrderSystem, type SystemOptions } from './order-system.ts';
export type { Observer } from './supervision.ts';
