import {
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
  type StreamableFile,
  type Type,
  UseFilters,
} from '@nestjs/common';
import {
  type Asked,
  BodyOf,
  idempotencyKeyOf,
  ProblemException,
  Producer,
  type Settings,
  TROUPE_SETTINGS,
} from '@troupe/nest';
import type { Asking } from '../orchestrations.ts';
import type { StatusBody } from './body.ts';
import { type BranchesBody, branchesBody } from './branches.ts';
import {
  DescribeBranches,
  DescribeCancel,
  DescribeCompensate,
  DescribeDiagram,
  DescribeFace,
  DescribeFind,
  DescribeList,
  DescribeRetry,
  DescribeSkip,
  DescribeStart,
} from './description.ts';
import type { Face } from './face.ts';
import { OrchestrationsHost } from './host.ts';
import { type ListBody, listBody } from './list.ts';
import { InstanceProblems } from './problems.ts';
import { Replies, type Reply, type RequestHeaders } from './replies.ts';
import { assertAnswer, CompensateBody, RetryBody, SkipBody } from './requests.ts';
import { start } from './starting.ts';
import { Waiting } from './waiting.ts';

/** The HTTP face of an orchestration: starts instances, shows their master status, and takes what people ask of them. */
export function controllerOf(face: Face): Type {
  @Controller(face.path)
  @UseFilters(InstanceProblems)
  @DescribeFace(face)
  class OrchestrationController {
    private readonly replies: Replies;

    constructor(
      private readonly host: OrchestrationsHost,
      private readonly producer: Producer,
      waiting: Waiting,
      @Inject(TROUPE_SETTINGS) settings: Settings,
    ) {
      const { consoleUrl: console, traceUrl: trace } = settings;
      this.replies = new Replies(face, { console, trace }, waiting);
    }

    @Post()
    @HttpCode(202)
    @DescribeStart(face)
    async start(
      @BodyOf(face.starts) body: object,
      @Headers('idempotency-key') key: string | undefined,
      @Res({ passthrough: true }) reply: Reply,
    ): Promise<StatusBody> {
      const idempotencyKey = idempotencyKeyOf(key);
      const orchestrations = await this.host.open();
      const found = await start({ face, orchestrations, producer: this.producer }, body, idempotencyKey);
      return this.replies.taken(orchestrations, found, reply);
    }

    @Get()
    @DescribeList(face)
    async list(@Query() asked: Asked): Promise<ListBody> {
      return listBody(face, await this.host.open(), asked);
    }

    @Get(':id')
    @DescribeFind(face)
    async find(
      @Param('id') id: string,
      @Query() asked: Asked,
      @Headers() headers: RequestHeaders,
      @Res({ passthrough: true }) reply: Reply,
    ): Promise<StatusBody | StreamableFile | undefined> {
      return this.replies.status(await this.host.open(), id, { asked, headers, reply });
    }

    @Get(':id/branches/:fanOut')
    @DescribeBranches(face)
    async branches(
      @Param('id') id: string,
      @Param('fanOut') fanOut: string,
      @Query() asked: Asked,
    ): Promise<BranchesBody> {
      return branchesBody(face, await this.host.open(), { id, fanOut, asked });
    }

    @Get(':id/diagram')
    @Header('content-type', 'text/plain; charset=utf-8')
    @DescribeDiagram(face)
    async diagram(@Param('id') id: string): Promise<string> {
      const orchestrations = await this.host.open();
      const diagram = await orchestrations.diagram(await orchestrations.find(face.name, id));
      if (diagram !== undefined) return diagram;
      throw new ProblemException(404, `The machine that ${face.name} "${id}" runs on is not kept.`);
    }

    @Delete(':id')
    @HttpCode(202)
    @DescribeCancel(face)
    async cancel(@Param('id') id: string, @Res({ passthrough: true }) reply: Reply): Promise<StatusBody> {
      return this.#ask(id, { kind: 'cancel' }, reply);
    }

    @Post(':id/retry')
    @HttpCode(202)
    @DescribeRetry(face)
    async retry(
      @Param('id') id: string,
      @BodyOf(RetryBody) body: RetryBody,
      @Res({ passthrough: true }) reply: Reply,
    ): Promise<StatusBody> {
      return this.#ask(id, { kind: 'retry', ...body }, reply);
    }

    @Post(':id/skip')
    @HttpCode(202)
    @DescribeSkip(face)
    async skip(
      @Param('id') id: string,
      @BodyOf(SkipBody) body: SkipBody,
      @Res({ passthrough: true }) reply: Reply,
    ): Promise<StatusBody> {
      assertAnswer(face, body);
      return this.#ask(id, { kind: 'skip', ...body }, reply);
    }

    @Post(':id/compensate')
    @HttpCode(202)
    @DescribeCompensate(face)
    async compensate(
      @Param('id') id: string,
      @BodyOf(CompensateBody) body: CompensateBody,
      @Res({ passthrough: true }) reply: Reply,
    ): Promise<StatusBody> {
      return this.#ask(id, { kind: 'compensate', ...body }, reply);
    }

    async #ask(id: string, asking: Asking, reply: Reply): Promise<StatusBody> {
      const orchestrations = await this.host.open();
      return this.replies.taken(orchestrations, await orchestrations.ask(face.name, id, asking), reply);
    }
  }
  return OrchestrationController;
}
