import 'reflect-metadata';
import { Contract } from '@troupe/contract';
import { IsInt, IsObject, IsString } from 'class-validator';

@Contract({ type: 'courier.wake', version: 1, kind: 'event', owner: 'shop' })
export class Wake {
  @IsInt()
  revision!: number;
}

@Contract({ type: 'courier.letter', version: 1, kind: 'event', owner: 'shop' })
export class Letter {
  @IsString()
  commandId!: string;

  @IsString()
  contract!: string;

  @IsString()
  reason!: string;

  @IsString()
  error!: string;

  @IsString()
  flowId!: string;

  @IsObject()
  letter!: { stream: string; seq: number };
}
