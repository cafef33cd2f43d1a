/**
 * How often the ledger works while messages come, in ms: each read, request and transaction costs as much for one
 * message as for a hundred, and what it knows is later by as much.
 */
export const BEAT_MS = 50;
