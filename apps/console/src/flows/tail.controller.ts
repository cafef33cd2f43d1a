import { Controller, Get, Header, Query, Res, StreamableFile } from '@nestjs/common';
import { FLOW_STATES, type FlowState } from '@troupe/ledger';
import { type Asked, ProblemException, textsOf } from '@troupe/nest';
import { DescribeTail } from '../api/description.ts';
import { LiveView } from './live-view.ts';

/** What is needed of Fastify's reply. */
interface Reply {
  readonly raw: { once(event: 'close', listener: () => void): unknown };
}

/** Flows as they change. */
@Controller('tail')
export class TailController {
  constructor(private readonly live: LiveView) {}

  @Get()
  @Header('cache-control', 'no-store')
  @DescribeTail()
  tail(@Query() asked: Asked, @Res({ passthrough: true }) reply: Reply): StreamableFile {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const { state, type, step } = textsOf(asked, ['state', 'type', 'step']);
    const filter = {
      ...(state !== undefined && { state: stateOf(state) }),
      ...(type !== undefined && { type }),
      step,
    };
    const stream = this.live.view(filter, gone.signal);
    return new StreamableFile(stream, { type: 'text/event-stream' });
  }
}

function stateOf(text: string): FlowState {
  const state = FLOW_STATES.find((one) => one === text);
  if (state !== undefined) return state;
  throw new ProblemException(400, `A flow is ${FLOW_STATES.join(', ')}; none is "${text}".`);
}
