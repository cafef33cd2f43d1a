/** Whether it is a length of time as `within` takes it: a whole number from 1 and `ms`, `s`, `m`, `h` or `d`. */
export function isDuration(text: string): boolean {
  return /^[1-9]\d{0,8}(ms|s|m|h|d)$/.test(text);
}
