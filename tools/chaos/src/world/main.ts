import type { AddressInfo } from 'node:net';
import { createWorld } from './world.ts';

/** The process of the world: says its port to its parent, and ends with it. */
const [logFile = ''] = process.argv.slice(2);
const server = createWorld(logFile);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
