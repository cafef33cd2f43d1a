/** What happens to fields the class does not name, at every nested level. */
export type UnknownFields = 'refuse' | 'keep';
