import type { LocalBroker } from './find.ts';
import { launchBinary } from './launch-binary.ts';
import { launchDocker } from './launch-docker.ts';
import type { LaunchOptions, Run } from './run.ts';

/** Starts the server of a local broker; it need not be ready, or even stay up, when this resolves. */
export function launch(broker: LocalBroker, options: LaunchOptions): Promise<Run> {
  return broker.kind === 'binary' ? launchBinary(broker.path, options) : launchDocker(broker.image, options);
}
