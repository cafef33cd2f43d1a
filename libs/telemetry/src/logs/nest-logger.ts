import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Gives Nest's own lines, and those of its `Logger` class, the form of all others; Nest's `context` is a field. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  /** Nest passes its context last, before it the stack of an error, and before that more messages. */
  #write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const texts = rest.filter(isText);
    const stack = texts.find((text) => STACK.test(text));
    const context = texts.findLast((text) => text !== stack);
    const messages = [message, ...rest.filter((one) => one !== stack && one !== context)];
    const error = messages.find((one) => one instanceof Error);
    const details = messages.filter((one) => isObject(one) && one !== error);
    this.logger[level](
      {
        ...(context !== undefined && { context }),
        ...(details.length > 0 && { details: details.length === 1 ? details[0] : details }),
        ...(error !== undefined ? { err: error } : stack !== undefined && { err: { stack } }),
      },
      messages.flatMap(sentenceOf).join(' '),
    );
  }
}

const STACK = /\n\s+at /;

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function sentenceOf(message: unknown): string[] {
  if (message instanceof Error) return [message.message];
  return isObject(message) || message === undefined ? [] : [String(message)];
}
