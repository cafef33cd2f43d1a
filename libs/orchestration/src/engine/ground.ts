import type { Outlet } from '@troupe/jetstream';
import type { Definition } from '../definition/definition.ts';
import type { FanOuts } from './fan-outs.ts';
import type { Guard } from './guard.ts';
import type { Instances } from './instances.ts';
import type { Publication } from './publication.ts';
import type { Reports } from './reports.ts';
import type { Starts } from './starts.ts';
import type { Turns } from './turns.ts';

/** What the messages of one orchestration are handled with. */
export interface Ground {
  readonly definition: Definition;
  readonly outlet: Outlet;
  readonly guard: Guard;
  readonly starts: Starts;
  readonly instances: Instances;
  readonly fanOuts: FanOuts;
  readonly publication: Publication;
  readonly reports: Reports;
  readonly turns: Turns;
}
