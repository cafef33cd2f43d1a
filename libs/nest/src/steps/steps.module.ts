import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { StepDiscovery } from './discovery.ts';
import { Enhancers } from './enhancers.ts';

/** Finds steps; needs no broker. */
@Module({ imports: [DiscoveryModule], providers: [Enhancers, StepDiscovery], exports: [StepDiscovery] })
export class StepsModule {}
