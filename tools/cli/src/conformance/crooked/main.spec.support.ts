import { type JetStreamClient, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { laneOf } from '../ids.ts';
import { consumersOf, prepare } from './broker.spec.support.ts';
import { is } from './fault.spec.support.ts';
import { answerAsInstance } from './instance.spec.support.ts';
import { type Read, read, Unreadable } from './read.spec.support.ts';
import { APP, letterOf, outputOf, STEP } from './write.spec.support.ts';

// A step on nothing but a NATS client, as a team with another language would write it. The variable FAULT names the one
// rule that it breaks.

const prefix = process.env.TROUPE_PREFIX ? `${process.env.TROUPE_PREFIX}.` : '';
const client = await connect({ servers: process.env.NATS_URL ?? '' });
const manager = await jetstreamManager(client);
const js = jetstream(client);
const lanes = await prepare(manager);
const intakes = await Promise.all(
  consumersOf().map(async ({ stream, name }) => {
    const consumer = await js.consumers.get(stream, name);
    return consumer.consume({ max_messages: 20 });
  }),
);
const instance = is('instance') ? undefined : answerAsInstance(client);
let working: Promise<void> = Promise.resolve();
let isStopping = false;
for (const intake of intakes) void takeFrom(intake);

process.on('SIGTERM', () => void stop());

async function takeFrom(intake: AsyncIterable<JsMsg>): Promise<void> {
  for await (const message of intake) {
    if (is('kill')) message.ack();
    const handled = working.then(() => (isStopping ? message.nak() : handle(message)));
    working = handled.catch(() => message.nak(200));
  }
}

async function handle(message: JsMsg): Promise<void> {
  let input: Read;
  try {
    input = read(message, 'job.requested.v1');
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    await setAside(message, error);
    return;
  }
  if (is('taken')) return message.term('no wish to');
  if (is('ack-last') || is('ack-stored')) message.ack();
  const { headers, payload, key, flow } = outputOf(input);
  const lane = laneOf(is('output-subject') ? flow : key, is('output-subject') ? 32 : lanes);
  const subject = `${prefix}evt.job.done.v1.${lane}`;
  if (is('ack-stored')) client.publish(subject, payload, { headers });
  else await js.publish(subject, payload, { headers });
  instance?.counted();
  message.ack();
}

async function setAside(message: JsMsg, error: Unreadable): Promise<void> {
  if (is('behind')) return new Promise(() => {}); // whoever is behind it waits for ever
  if (is('letter-size') && message.data.length < 2 && String(message.headers).length > 50_000)
    return message.term('too large');
  await store(js, message, error);
  message.term(error.reason);
}

async function store(js: JetStreamClient, message: JsMsg, error: Unreadable): Promise<void> {
  const headers = letterOf(message, error);
  await js.publish(`${prefix}dlq.${APP}.${STEP}`, message.data, { headers });
}

async function stop(): Promise<void> {
  if (is('shutdown')) return;
  isStopping = true;
  for (const intake of intakes) intake.stop();
  await working;
  await client.drain();
  process.exit(0);
}
