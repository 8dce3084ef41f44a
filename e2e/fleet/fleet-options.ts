import { parseArgs } from 'node:util';
import { CanvasError } from '#lib/contract/errors.ts';
import { DEFAULT_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS } from '#lib/contract/heartbeat.ts';
import { FAULTS, type Fault } from './fault.ts';

export const MAX_WORKSPACES = 20_000;
const MAX_DURATION_SECONDS = 86_400;

export interface FleetOptions {
  url: string;
  workspaces: number;
  interval_seconds: number;
  duration_seconds: number;
  /** How many workspaces have each fault; the rest are well. */
  faults: Partial<Record<Fault, number>>;
  /** Decides which workspaces get which fault: the same seed, the same fleet. */
  seed: number;
  /** Leave the workspaces there at the end. */
  keep: boolean;
}

export interface CommandLine extends FleetOptions {
  json: string | null;
  check: boolean;
  help: boolean;
}

export const USAGE = `npm run fleet -- [options]     simulated runtimes against a Canvas on this machine

  --workspaces N    how many                                          1000 (at most ${MAX_WORKSPACES})
  --interval S      seconds between the beats of one                  ${DEFAULT_INTERVAL_SECONDS} (${MIN_INTERVAL_SECONDS} to ${MAX_INTERVAL_SECONDS})
  --duration S      seconds of beating, after all are connected       120
  --fault LIST      who does what wrong, e.g. wedge=5,errors=5,silence=3,late=3,flapping=2,partial=10
                    (${FAULTS.join(', ')}; a number of workspaces, or a share: wedge=5%)
  --url URL         the platform                                      http://127.0.0.1:3000
  --seed N          decides who gets which fault                      1
  --json FILE       write the report there too
  --check           end with code 1 when the platform shows anything else than it should
  --keep            do not remove the workspaces at the end
`;

/** @throws CanvasError `bad_request` naming the option, what it was and what it may be */
export function readCommandLine(args: string[]): CommandLine {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parse(args, {
    workspaces: text,
    interval: text,
    duration: text,
    fault: text,
    url: text,
    seed: text,
    json: text,
    check: flag,
    keep: flag,
    help: flag,
  });
  const workspaces = numberIn('workspaces', values['workspaces'] ?? '1000', 1, MAX_WORKSPACES);
  return {
    url: String(values['url'] ?? 'http://127.0.0.1:3000'),
    workspaces,
    interval_seconds: numberIn(
      'interval',
      values['interval'] ?? String(DEFAULT_INTERVAL_SECONDS),
      MIN_INTERVAL_SECONDS,
      MAX_INTERVAL_SECONDS,
    ),
    duration_seconds: numberIn('duration', values['duration'] ?? '120', 1, MAX_DURATION_SECONDS),
    faults: readFaults(String(values['fault'] ?? ''), workspaces),
    seed: numberIn('seed', values['seed'] ?? '1', 0, 0xffff_ffff),
    json: values['json'] === undefined ? null : String(values['json']),
    keep: values['keep'] === true,
    check: values['check'] === true,
    help: values['help'] === true,
  };
}

type Values = Record<string, string | boolean | undefined>;

function parse(args: string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options']): { values: Values } {
  try {
    return parseArgs({ args, options: options ?? {}, strict: true }) as { values: Values };
  } catch (error) {
    throw new CanvasError('bad_request', `${(error as Error).message}\n\n${USAGE}`);
  }
}

function numberIn(name: string, text: string | boolean, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new CanvasError('bad_request', `--${name} ${String(text)}: it must be a whole number from ${min} to ${max}`);
}

export function readFaults(text: string, workspaces: number): Partial<Record<Fault, number>> {
  const faults: Partial<Record<Fault, number>> = {};
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const match = /^\s*([a-z]+)=(\d+(?:\.\d+)?)(%?)\s*$/.exec(part);
    const fault = FAULTS.find((name) => name === match?.[1]);
    if (!match || !fault)
      throw new CanvasError('bad_request', `--fault ${part}: it must read NAME=NUMBER or NAME=SHARE%, NAME one of ${FAULTS.join(', ')}`);
    faults[fault] = match[3] === '%' ? Math.round((Number(match[2]) / 100) * workspaces) : Math.floor(Number(match[2]));
  }
  const faulty = Object.values(faults).reduce((sum, count) => sum + count, 0);
  if (faulty > workspaces)
    throw new CanvasError('bad_request', `--fault ${text}: that is ${faulty} workspaces, and there are only ${workspaces}`);
  return faults;
}
