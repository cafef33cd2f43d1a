export { SettingError } from './errors.ts';
export {
  flag,
  httpUrl,
  type Kind,
  oneOf,
  pairs,
  postgresUrl,
  ratio,
  serviceUrl,
  text,
  whole,
} from './kinds.ts';
export { isSet, readVariables } from './read.ts';
export { refusedStart, refuseStart } from './start.ts';
export { allTold } from './told.ts';
export type { Environment, Table, Values, Variable } from './variable.ts';
