/** What to do about a finding, by the direction in which it stands. */
interface Advice {
  readonly backward: string;
  readonly forward: string;
}

const widened: Advice = {
  backward: 'Keep taking what was sent before, or make the change in a new major version.',
  forward: 'Keep to what earlier consumers take, or make the change in a new major version.',
};
const unclear: Advice = {
  backward: 'It cannot be told whether this goes together: leave it as it was, or make a new major version.',
  forward: 'It cannot be told whether this goes together: leave it as it was, or make a new major version.',
};

/** Every rule by its stable id. docs/reference/compatibility.md says what each means. */
export const RULES = {
  'type-refused': widened,
  'value-refused': widened,
  'nothing-accepted': widened,
  'number-too-small': widened,
  'number-too-large': widened,
  'number-not-multiple': widened,
  'text-too-short': widened,
  'text-too-long': widened,
  'pattern-differs': unclear,
  'format-differs': unclear,
  'check-differs': unclear,
  'list-too-short': widened,
  'list-too-long': widened,
  'items-not-unique': widened,
  'contains-differs': unclear,
  'property-missing': {
    backward: 'Make it optional, give it a default, or make the change in a new major version.',
    forward: 'Keep sending it: earlier consumers need it. Else make the change in a new major version.',
  },
  'default-refused': {
    backward: 'Give the property a default that its own schema takes.',
    forward: 'Keep sending the property: the default of earlier consumers does not fit.',
  },
  'property-added-to-open-content-model': {
    backward: 'Close the earlier versions (additionalProperties: false), or use the tolerant policy.',
    forward: 'Keep the property, or close the content model (additionalProperties: false).',
  },
  'property-removed-from-closed-content-model': {
    backward: 'Keep the property, or open the content model.',
    forward: 'Earlier consumers are closed: a property can be added only in a new major version.',
  },
  'name-refused': unclear,
  'too-few-properties': widened,
  'too-many-properties': widened,
  'dependency-differs': widened,
  'no-alternative-accepts': widened,
  'alternative-ambiguous': unclear,
  'negation-differs': unclear,
  'condition-differs': unclear,
  'unevaluated-differs': unclear,
  'keyword-unknown': unclear,
  'reference-unresolved': {
    backward: 'Put what it points to into the schema, under $defs.',
    forward: 'Put what it points to into the schema, under $defs.',
  },
} as const satisfies Record<string, Advice>;

/** The stable id of a rule. */
export type RuleId = keyof typeof RULES;
