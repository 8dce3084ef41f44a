import { z } from 'zod';
import { MAX_NOTIFY_CHARS, type NotifyAnswer } from '#lib/contract/incidents.ts';
import { post, type Tool, tool } from './tool.ts';

const sendMessage = tool({
  name: 'send_message_to_user',
  title: 'Tell the user something',
  description: `Puts a message into the inbox of the person who looks after this workspace in Canvas. Use it for what they must know or decide: a result they wait for, a question, a problem. Do not use it for progress (set_current_task shows that). Plain text, at most ${MAX_NOTIFY_CHARS} characters. There is no answer to wait for: they write back when they have read it. Each call is one more message: do not repeat one.`,
  input: z.object({
    message: z.string().min(1).max(MAX_NOTIFY_CHARS),
    task_id: z
      .string()
      .max(64)
      .optional()
      .describe('The task that it is about, from delegate_task_async: Canvas tells its result by itself'),
  }),
  output: z.object({ status: z.literal('sent'), duplicate: z.boolean().describe('Canvas filed nothing new: it had been told of this') }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  async run({ message, task_id }, { hands }) {
    // With this type it is a message with a link to the delegation, never taken for its result, which is told once.
    const body = { message, type: 'agent_message', ...(task_id !== undefined && { delegation_id: task_id }) };
    const { duplicate = false } = await post<NotifyAnswer>(hands, 'notify', body, 'a message to the user');
    const text = duplicate ? 'Canvas had been told of this: nothing new was filed.' : 'It is in the inbox of the user.';
    return { text, facts: { status: 'sent' as const, duplicate } };
  },
});

export const USER_TOOLS: readonly Tool[] = [sendMessage];
