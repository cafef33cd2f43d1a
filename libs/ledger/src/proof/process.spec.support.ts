import { Runtime } from '@troupe/jetstream';
import { jobSteps } from './steps.spec.support.ts';

/** A process of the app, as `proof.int.spec.ts` runs it. Its version leaves the durables as that made them. */
const { SERVER, PREFIX = '', FOLDER = '', STREAMS = '{}' } = process.env;
if (SERVER !== undefined) {
  const runtime = new Runtime({
    app: 'shop',
    version: '1.0.0',
    prefix: PREFIX,
    connection: { servers: SERVER },
    streams: JSON.parse(STREAMS) as object,
    steps: jobSteps(FOLDER),
  });
  await runtime.start();
}
