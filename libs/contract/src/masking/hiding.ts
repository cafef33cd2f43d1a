import { MASKED, type MaskedFields } from './masked-fields.ts';

/**
 * Takes the sensitive values of some data out of texts, as they are written and as JSON or a URL writes them. Values of
 * fewer than three characters only where they stand alone. Costs time for each value and text: for failures only.
 */
export function hiding(fields: MaskedFields, data: unknown): (text: string) => string {
  let secrets: ReadonlySet<string>;
  try {
    secrets = fields.secrets(data);
  } catch {
    return () => MASKED; // deeper than the stack: what it holds is not known
  }
  const written = [...secrets].flatMap(writings).sort((a, b) => b.length - a.length);
  return (text) => written.reduce(without, text);
}

function writings(secret: string): string[] {
  const whole = secret.toWellFormed();
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(whole)])].filter(
    Boolean,
  );
}

function without(text: string, secret: string): string {
  if (!text.includes(secret)) return text;
  if (secret.length >= 3) return text.replaceAll(secret, MASKED);
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu'), MASKED);
}
