import type { Rule } from './rule.ts';
import { durables, filters, settings } from './rules/consumers/durables.ts';
import { manifest } from './rules/consumers/manifest.ts';
import { start } from './rules/consumers/start.ts';
import { streams } from './rules/consumers/streams.ts';
import * as broken from './rules/failures/broken.ts';
import { letterContext } from './rules/failures/letter-context.ts';
import * as letters from './rules/failures/letters.ts';
import { redrive, redriveLetter } from './rules/failures/redrive.ts';
import * as attributes from './rules/messages/attributes.ts';
import * as once from './rules/messages/once.ts';
import * as outputs from './rules/messages/outputs.ts';
import * as reading from './rules/messages/reading.ts';
import { kill, shutdown } from './rules/process/ends.ts';
import { instance } from './rules/process/instance.ts';

/** Every rule, in the order in which they are tried: those that end the process come last. */
export const RULES: readonly Rule[] = [
  durables,
  filters,
  settings,
  manifest,
  streams,
  start,
  outputs.taken,
  outputs.declared,
  outputs.outputSubject,
  outputs.partitionKey,
  outputs.outputId,
  outputs.messageId,
  attributes.attributes,
  attributes.flow,
  attributes.noParent,
  attributes.encoding,
  attributes.trace,
  reading.structured,
  reading.structuredBare,
  reading.contentType,
  reading.rawValues,
  reading.headerCase,
  reading.bareAttributes,
  reading.unknownFields,
  reading.unknownAttributes,
  once.again,
  once.ackLast,
  once.ackStored,
  broken.invalidType,
  broken.invalidMissing,
  broken.invalidJson,
  broken.invalidEmpty,
  broken.invalidText,
  broken.invalidDepth,
  broken.invalidAttributes,
  broken.unknownType,
  broken.behind,
  letters.letterCopy,
  letters.letterId,
  letters.letterOrigin,
  letterContext,
  letters.letterFingerprint,
  letters.letterSize,
  redrive,
  redriveLetter,
  instance,
  shutdown,
  kill,
];
