import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { FlowDiscovery } from '../flows/discovery.ts';
import { StepDiscovery } from './discovery.ts';
import { Enhancers } from './enhancers.ts';

/** Finds steps, and the flows that are declared beside them; needs no broker. */
@Module({
  imports: [DiscoveryModule],
  providers: [Enhancers, FlowDiscovery, StepDiscovery],
  exports: [FlowDiscovery, StepDiscovery],
})
export class StepsModule {}
