/** What the agent card and `--version` say. */
export const RUNTIME_VERSION = '0.1.0';
