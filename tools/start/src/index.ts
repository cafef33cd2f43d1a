export { type App, FULFILMENT_APPS, ORDER_APPS } from './apps.ts';
export { type CarrierSearch, findCarrier } from './carrier.ts';
export { openHome } from './home.ts';
export { OrderSystem, type SystemOptions } from './order-system.ts';
export { type Installation, pythonEnvironment } from './python/environment.ts';
export { findInterpreter, type Interpreter } from './python/interpreter.ts';
export type { Observer } from './supervision.ts';
