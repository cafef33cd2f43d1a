/** Nothing could be measured; the message says why. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}
