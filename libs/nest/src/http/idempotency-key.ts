import { ProblemException } from './problem.ts';

/**
 * The `Idempotency-Key` header, or undefined without one.
 * @throws ProblemException 400 for what is no key: 1–255 visible ASCII characters, no space among them
 */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined || /^[!-~]{1,255}$/.test(header)) return header;
  throw new ProblemException(
    400,
    'Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces.',
  );
}
