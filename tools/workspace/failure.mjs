/** Something that a person can act on: its message is shown as it stands, without a stack. */
export class Failure extends Error {
  name = 'Failure';
}
