import type { Command } from '../command.ts';
import { apply } from './apply.ts';
import { plan } from './plan.ts';
import { prune } from './prune.ts';

/** `troupe topology …` */
export const topology: readonly Command[] = [plan, apply, prune];
