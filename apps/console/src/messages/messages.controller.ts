import { Controller, Get, Param } from '@nestjs/common';
import { ProblemException } from '@troupe/nest';
import { DescribeMessage } from '../api/description.ts';
import { type StoredMessage, StoredMessages } from './stored-messages.ts';

/** What a stream holds: the ledger keeps an index only. */
@Controller('messages')
export class MessagesController {
  constructor(private readonly messages: StoredMessages) {}

  @Get(':stream/:seq')
  @DescribeMessage()
  async find(@Param('stream') stream: string, @Param('seq') seq: string): Promise<StoredMessage> {
    if (!/^[1-9]\d{0,14}$/.test(seq))
      throw new ProblemException(400, `"${seq}" is no sequence of a message.`);
    const message = await this.messages.at(stream, Number(seq));
    if (message !== undefined) return message;
    throw new ProblemException(404, `The stream ${stream} of this environment holds no message ${seq}.`);
  }
}
