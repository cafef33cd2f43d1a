/** How much is asked of the orchestrators while they are killed. */
export interface FulfilmentProfile {
  readonly name: string;
  readonly fulfilments: number;
  /** From the first fulfilment to the last one. */
  readonly seconds: number;
  /** Until the last fulfilment was taken. */
  readonly killEverySeconds: number;
}

/** By their names on the command line. */
export const FULFILMENT_PROFILES: Readonly<Record<string, FulfilmentProfile>> = {
  orchestration: { name: 'orchestration', fulfilments: 2_000, seconds: 150, killEverySeconds: 5 },
  'orchestration-short': {
    name: 'orchestration-short',
    fulfilments: 150,
    seconds: 15,
    killEverySeconds: 5,
  },
};
