import { MANIFEST_KEY } from '@troupe/jetstream';
import { differs, type Rule } from '../../rule.ts';
import { ask, type InstanceAnswer } from '../../stage/instances.ts';
import type { Stage } from '../../stage/stage.ts';

export const instance: Rule = {
  id: 'instance',
  tries: 'asks for instances: $SRV.PING, INFO and STATS, of all, of the app, of one',
  async check(stage) {
    await stage.trial(); // there is something to count
    const { app, name, step } = stage.subject;
    const manifest = await stage.manifest();
    const [ping] = await asked(stage, `PING.${app}`);
    if (ping === undefined) return [`nobody answers $SRV.PING.${app}`];
    const all = (await asked(stage, 'PING')).filter((one) => one.name === app);
    const [info] = await asked(stage, `INFO.${app}`);
    const [stats] = await asked(stage, `STATS.${app}`);
    const [itself] = await asked(stage, `PING.${app}.${ping.id}`);
    const described = endpointOf(info, step);
    const counted = endpointOf(stats, step);
    const text = (described?.metadata as Record<string, unknown> | undefined)?.[MANIFEST_KEY];
    return [
      ...identity('PING', ping, app, manifest?.version),
      ...identity('INFO', info, app, manifest?.version),
      ...identity('STATS', stats, app, manifest?.version),
      ...(all.length > 0 ? [] : ['nobody of the app answers $SRV.PING']),
      ...(itself === undefined ? ['it does not answer $SRV.PING with its id'] : []),
      ...differs('queue_group in INFO', described?.queue_group, name),
      ...differs('subject in INFO', described?.subject, `${stage.names.contractSubject(stage.contract)}.*`),
      ...differs('the manifest in INFO', readJson(text), manifest),
      ...['num_requests', 'num_errors', 'processing_time', 'average_processing_time']
        .filter((count) => typeof counted?.[count] !== 'number')
        .map((count) => `STATS of the step has no ${count}`),
      ...(Number(counted?.num_requests) > 0 ? [] : ['STATS of the step counts no message']),
      ...(Number.isNaN(Date.parse(String(stats?.started))) ? ['STATS does not say when it started'] : []),
    ];
  },
};

function asked({ parts, names }: Stage, verb: string): Promise<InstanceAnswer[]> {
  return ask(parts.client, `$SRV.${verb}`, names.prefix);
}

function identity(
  verb: string,
  answer: InstanceAnswer | undefined,
  app: string,
  version: string | undefined,
): string[] {
  if (answer === undefined) return [`nobody answers $SRV.${verb}.${app}`];
  return [
    ...differs(`type of ${verb}`, answer.type, `io.nats.micro.v1.${verb.toLowerCase()}_response`),
    ...differs(`name of ${verb}`, answer.name, app),
    ...differs(`version of ${verb}`, answer.version, version),
  ];
}

function endpointOf(answer: InstanceAnswer | undefined, step: string): Record<string, unknown> | undefined {
  const endpoints = Array.isArray(answer?.endpoints) ? (answer.endpoints as Record<string, unknown>[]) : [];
  return endpoints.find(({ name }) => name === step);
}

function readJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
