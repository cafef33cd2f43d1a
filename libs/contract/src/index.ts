export { Default, Nullable } from './authoring/absence.ts';
export type { Deprecation } from './authoring/annotation.ts';
export { BusinessKey, Deprecated, Example, Sensitive } from './authoring/markers.ts';
export { IsRecordOf } from './authoring/record.ts';
export { IsOneOf } from './authoring/union.ts';
export { type ClassValidator, validatorOf } from './class-validator.ts';
export { decodeAttribute, encodeAttribute } from './cloudevents/attribute.ts';
export type { CloudEvent, DecodedMessage, EncodedMessage } from './cloudevents/cloud-event.ts';
export { decodeMessage } from './cloudevents/decode.ts';
export { encodeBinary, encodeStructured } from './cloudevents/encode.ts';
export {
  type Compatibility,
  type CompatibilityOptions,
  checkCompatibility,
  checkHistory,
  type HistoryFinding,
} from './compatibility/check.ts';
export type { Direction, Finding } from './compatibility/finding.ts';
export type { RuleId } from './compatibility/rules.ts';
export { type CompiledContract, contractOf } from './compiled-contract.ts';
export {
  Contract,
  type ContractClass,
  type ContractKind,
  type ContractOptions,
  isContract,
  type MessageOf,
} from './contract.ts';
export {
  ContractDefinitionError,
  ContractLockError,
  ContractViolationError,
  MessageFormatError,
  SchemaInvalidError,
  SchemaTooLargeError,
  TroupeError,
  UpcastError,
} from './error.ts';
export { type AcceptedContract, acceptedBy } from './evolution/accepted.ts';
export {
  isSameRevision,
  LOCK_FOLDER,
  type LockedContract,
  lockedContractOf,
  lockFileOf,
  lockTextOf,
  type Revision,
  revisionOf,
  standingRevisions,
} from './evolution/locked-contract.ts';
export { Upcast } from './evolution/upcast.ts';
export { type ComposedExample, exampleOf } from './example.ts';
export type { JsonSchema } from './json-schema.ts';
export { type Mask, maskOf } from './masking/mask.ts';
export type { UnknownFields } from './unknown-fields.ts';
export type { Enforcement } from './validator.ts';
export type { Violation } from './violation.ts';
