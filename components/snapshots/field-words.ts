const WORDS: Readonly<Record<string, string>> = {
  current_task: 'Task',
  session_id: 'Session',
  active_tasks: 'Tasks at work',
  dropped_sandbox: 'Sandbox output left out',
};

/** A field of a snapshot as a person calls it; the agent's own ones by the name that the agent gave them. */
export function fieldWords(field: string): string {
  return WORDS[field] ?? (field.startsWith('adapter.') ? field.slice('adapter.'.length) : field);
}
