/** The services of docker-compose.yml that have a part in an order. */
export const ORDERING = ['storefront', 'payments', 'inventory', 'shipping', 'notifications', 'carrier'];
/** Those that have one in a fulfilment alone. */
export const FULFILLING = ['fulfilment', 'picking', 'packing'];

/** Every app. */
export const APPS = [...ORDERING, ...FULFILLING, 'console'];
/** Every service. */
export const SERVICES = [...APPS, 'broker', 'postgres', 'jaeger', 'prometheus'];
