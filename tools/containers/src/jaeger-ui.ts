import type { Span } from './jaeger.ts';

/** A rule of Jaeger's pages: what in a span becomes a link. */
export interface LinkPattern {
  readonly key: string;
  readonly url: string;
}

/** The rules that Jaeger gives its pages. */
export async function linkPatternsOf(jaeger: string): Promise<readonly LinkPattern[]> {
  const page = await (await fetch(jaeger)).text();
  const [, settings] = /JAEGER_CONFIG = (\{.*\});/.exec(page) ?? [];
  if (settings === undefined) throw new Error(`the page of ${jaeger} has no settings`);
  return (JSON.parse(settings) as { linkPatterns: readonly LinkPattern[] }).linkPatterns;
}

/** The links that a person sees in a span: Jaeger's pages put in percent-encoded values. */
export function linksIn({ attributes }: Span, patterns: readonly LinkPattern[]): string[] {
  return patterns
    .filter(({ key }) => attributes[key] !== undefined)
    .map(({ url }) =>
      url.replaceAll(/#\{([^}]*)\}/g, (_, name: string) => encodeURIComponent(attributes[name] ?? '')),
    );
}
