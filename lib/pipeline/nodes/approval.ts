import { z } from 'zod';
import { field, seconds } from '../fields';
import { defineNode, firstLine } from './define';

/** An approval waits this long for a decision, in seconds, unless it says otherwise: a week. */
export const APPROVAL_EXPIRES_SECONDS = 604_800;

const configSchema = z.strictObject({
  message: field(z.string().min(1, 'Say what is to be decided.').max(20_000), {
    label: 'What is to be decided',
    widget: 'multiline',
    hint: 'Values by {{ tasks.late.output.rows }} and the like.',
  }),
  approvers: field(z.array(z.string().min(1)).min(1), {
    label: 'Approvers',
    widget: 'strings',
    placeholder: 'ada@example.org',
    hint: 'E-mail addresses (or names of tokens), one a line. Without any: everybody with the role approver.',
  }).optional(),
  expiresSeconds: field(seconds, { label: 'Expires after', widget: 'number', unit: 's', placeholder: String(APPROVAL_EXPIRES_SECONDS) }).optional(),
  notAuthor: field(z.boolean(), {
    label: 'Not by who started the run',
    widget: 'toggle',
    hint: 'A second person has to decide.',
  }).optional(),
  channel: field(z.string().min(1), { label: 'Channel', widget: 'channel', hint: 'Tells this channel too that a decision is asked for.', advanced: true }).optional(),
});

export const approval = defineNode({
  label: 'Approval',
  domain: 'control',
  what: 'Wait for a person to decide.',
  configSchema,
  provides: false,
  runsUserCode: false,
  defaults: { message: '', notAuthor: true },
  summary: (c) => firstLine(c.message) || 'Say what is to be decided',
});
