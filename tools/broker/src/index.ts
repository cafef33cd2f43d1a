export { cacheFolder } from './cache.ts';
export { clusterServerName, startCluster } from './cluster.ts';
export { type CommandResult, causeOf, runCommand } from './command.ts';
export {
  BrokerCacheError,
  BrokerChecksumError,
  BrokerError,
  type BrokerErrorCode,
  BrokerNotFoundError,
  BrokerPortTakenError,
  BrokerStartError,
  BrokerStoreTakenError,
} from './errors.ts';
export { withoutCredentials } from './external.ts';
export {
  type Broker,
  type FindBrokerOptions,
  findBroker,
  findLocalBroker,
  type LocalBroker,
} from './find.ts';
export { type Guard, guardProcess } from './guard.ts';
export { lastLines } from './log-tail.ts';
export { type NatsServer, type StartNatsServerOptions, startNatsServer } from './nats-server.ts';
