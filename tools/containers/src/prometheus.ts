/** How many series a query gives now. Rejects when Prometheus refuses it. */
export async function seriesOf(prometheus: string, expression: string): Promise<number> {
  const { result } = await asked<{ result: unknown[] }>(
    `${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`,
  );
  return result.length;
}

/** A rule, and whether Prometheus can tell what it asks: `unknown` before it tried. */
export interface Rule {
  readonly name: string;
  readonly health: 'ok' | 'err' | 'unknown';
}

export async function rulesOf(prometheus: string): Promise<Rule[]> {
  const { groups } = await asked<{ groups: { rules: Rule[] }[] }>(`${prometheus}/api/v1/rules`);
  return groups.flatMap(({ rules }) => rules);
}

async function asked<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
  if (status !== 'success') throw new Error(`${url} answered ${error}`);
  return data;
}
