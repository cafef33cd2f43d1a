import type { Command } from '../command.ts';
import { archive, restore } from './archive.ts';
import { edit } from './edit.ts';
import { groups } from './groups.ts';
import { ls } from './ls.ts';
import { operations } from './operations.ts';
import { redrive } from './redrive.ts';
import { show } from './show.ts';
import { sweep } from './sweep.ts';

/** `troupe dead-letters …` */
export const deadLetters: readonly Command[] = [
  ls,
  groups,
  show,
  redrive,
  edit,
  archive,
  restore,
  operations,
  sweep,
];
