import type { Command } from '../command.ts';
import { cancel, compensate, retry, skip } from './asking.ts';
import { ls } from './ls.ts';
import { show } from './show.ts';

/** `troupe orchestrations …` */
export const orchestrations: readonly Command[] = [ls, show, retry, skip, compensate, cancel];
