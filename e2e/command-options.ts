import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options of the command line; one that is unknown or has no value ends the process with `usage`, as `--help` does. */
export function commandOptions<const O extends Options>(usage: string, options: O) {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean' } } });
    if (!(values as { help?: boolean }).help) return parseArgs({ options }).values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

/** A whole number of at least 1; anything else ends the process with `usage`. */
export function countOption(name: string, text: string, usage: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  console.error(`--${name} takes a whole number of at least 1, and not "${text}"\n\n${usage}`);
  process.exit(2);
}
