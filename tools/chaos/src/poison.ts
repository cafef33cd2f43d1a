/**
 * Loaded into the payments app before its own code: has it die, as a process does on a message that it cannot bear,
 * the moment it asks the provider for the money of a poisonous order. A module without exports.
 */
import { POISON_TOKEN } from './shopping.ts';

const answer = globalThis.fetch;

globalThis.fetch = (input, init) => {
  if (typeof init?.body === 'string' && init.body.includes(POISON_TOKEN))
    process.kill(process.pid, 'SIGKILL');
  return answer(input, init);
};
