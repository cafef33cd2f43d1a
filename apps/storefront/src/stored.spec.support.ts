import type { Runtime } from '@troupe/nest';

/** CloudEvents ids of all that EVENTS holds, in order: what the stream took, and not what was sent. */
export async function storedIds({ connection, names }: Runtime): Promise<string[]> {
  const ask = async <T>(subject: string, question: object = {}): Promise<T> =>
    (
      await connection.client.request(`$JS.API.${subject}`, JSON.stringify(question), { timeout: 5_000 })
    ).json<T>();
  const { state } = await ask<{ state: { last_seq: number } }>(`STREAM.INFO.${names.events}`);
  const ids: string[] = [];
  for (let seq = 1; seq <= state.last_seq; seq++) {
    const { message } = await ask<{ message: { hdrs: string } }>(`STREAM.MSG.GET.${names.events}`, { seq });
    const id = /^ce-id: (.*)$/m.exec(Buffer.from(message.hdrs, 'base64').toString());
    ids.push(id?.[1]?.trim() ?? '');
  }
  return ids;
}
