import { z } from 'zod';
import { field } from '../fields';
import { defineNode, firstLine, plain } from './define';

const configSchema = z.strictObject({
  channel: field(z.string().min(1, 'Choose a channel.'), { label: 'Channel', widget: 'channel' }),
  subject: field(z.string().max(500), { label: 'Subject', widget: 'text' }).optional(),
  message: field(z.string().min(1, 'Write a message.').max(100_000), {
    label: 'Message',
    widget: 'multiline',
    hint: 'Values by {{ tasks.late.output.rows }} and the like.',
  }),
});

export const notify = defineNode({
  label: 'Notify',
  domain: 'notify',
  what: 'Send a message to a channel.',
  configSchema,
  provides: false,
  runsUserCode: false,
  defaults: { channel: '', message: '' },
  summary: (c) => (plain(c.channel) ? `${plain(c.channel)}: ${firstLine(c.message)}` : 'Choose a channel'),
});
