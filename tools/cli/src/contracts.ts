import type { Command } from './command.ts';
import { check } from './contract-lock/check.ts';
import { lock } from './contract-lock/lock.ts';
import { docs } from './documents/docs.ts';

/** `troupe contracts …` */
export const contracts: readonly Command[] = [check, lock, docs];
