import { McpDoor } from './door.ts';
import { Questions } from './questions.ts';
import type { McpParts } from './server.ts';
import { runSession } from './session.ts';
import { answerState } from './state-door.ts';

/** All of a runtime that needs the MCP SDK. It is built as a file of its own, see `load-program.ts`. */
export const program = {
  runSession,
  answerState,
  newDoor: (parts: Omit<McpParts, 'questions'>) => new McpDoor({ ...parts, questions: new Questions() }),
};
