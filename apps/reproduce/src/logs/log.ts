import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { configHash } from './config-hash.js';
import {
  type EndLine,
  type EvaluationLine,
  type LogHeader,
  type LogLine,
  logLine,
  logSchemaVersion,
} from './log-schema.js';
import { readRegularFile } from './read-regular-file.js';

/** A run that came to its end. */
export interface CompleteLog {
  readonly header: LogHeader;
  /** At least one; the last is the result. */
  readonly evaluations: readonly EvaluationLine[];
  readonly end: EndLine;
}

/** Why a log does not count. */
export interface UnfinishedLog {
  readonly unfinished: string;
  /** Whether no run leaves a log like this, however it is cut short. */
  readonly damaged: boolean;
  /** Of the log's form, where it is another one than this program's: the run may well be finished. */
  readonly schema?: number;
}

/** A hundred thousand evaluations and more. */
const largestLog = 64 * 2 ** 20;

/** Where a run is logged, relative to the results folder: `synthetic/published/gradient/run-03.jsonl`. */
export function logPath(run: Pick<LogHeader, 'experiment' | 'protocol' | 'method' | 'run'>): string {
  const file = `run-${String(run.run).padStart(2, '0')}.jsonl`;
  return join(run.experiment, run.protocol, run.method, file);
}

/**
 * The beginning of an unfinished log, as far as a snapshot of its run goes.
 *
 * @throws Error if the log does not have it, bit for bit.
 */
export function readBeginning(
  path: string,
  { evaluations, logSha256 }: { readonly evaluations: number; readonly logSha256: string },
): { readonly header: LogHeader; readonly kept: readonly EvaluationLine[] } {
  const content = readRegularFile(path, largestLog) ?? Buffer.alloc(0);
  const beginning = content.subarray(0, endOfLine(content, evaluations + 1));
  const [header, ...later] = linesOf(beginning).map((line) => logLine.safeParse(parseJson(line)).data);
  const kept = later.filter((line) => line?.kind === 'eval');
  if (header?.kind !== 'run' || kept.length !== evaluations) {
    throw new Error(
      `${path} has ${header?.kind === 'run' ? kept.length : 'no header and none'} of the ${evaluations} evaluations of ` +
        'its snapshot. Replace the run with --fresh.',
    );
  }
  if (createHash('sha256').update(beginning).digest('hex') !== logSha256) {
    throw new Error(`${path} is not as it was when its snapshot was written. Replace the run with --fresh.`);
  }
  return { header, kept };
}

/**
 * Reads a run's log. Anything but a header, evaluations and a matching end line is an unfinished run.
 *
 * @returns the log, or why it does not count.
 * @throws Error with the path if it is there and cannot be read.
 */
export function readLog(path: string): CompleteLog | UnfinishedLog {
  const content = readRegularFile(path, largestLog);
  return content ? parseLog(content) : { unfinished: 'it is not there', damaged: false };
}

/** As {@link readLog}, of a log that lies elsewhere. */
export function parseLog(content: Buffer): CompleteLog | UnfinishedLog {
  if (content.at(-1) !== newline) return { unfinished: 'its last line is cut short', damaged: false };
  const lines: LogLine[] = [];
  for (const [index, source] of linesOf(content).entries()) {
    const line = parseJson(source);
    const parsed = logLine.safeParse(line);
    if (!parsed.success) {
      const { schema } = Object(line) as { schema?: unknown };
      const unfinished = `line ${index + 1} is not a line of a log of this version`;
      return typeof schema === 'number' && schema !== logSchemaVersion
        ? { unfinished, damaged: true, schema }
        : { unfinished, damaged: true };
    }
    lines.push(parsed.data);
  }
  const header = lines[0];
  const end = lines.at(-1);
  const evaluations = lines.slice(1, -1).filter((line) => line.kind === 'eval');
  if (header?.kind !== 'run') return { unfinished: 'it has no header', damaged: true };
  if (end?.kind !== 'end') return { unfinished: 'it has no end line', damaged: false };
  if (
    evaluations.length === 0 ||
    evaluations.length !== lines.length - 2 ||
    end.evaluations !== evaluations.length
  ) {
    return {
      unfinished: `it has ${evaluations.length} evaluations where its end line says ${end.evaluations}`,
      damaged: true,
    };
  }
  const fault =
    checksumFault(content, end) ?? (isInOrder(evaluations) ? undefined : 'its evaluations are out of order');
  if (fault !== undefined) return { unfinished: fault, damaged: true };
  if (header.configHash !== configHash(header.config)) {
    return { unfinished: 'its configuration is not the one of its configHash', damaged: true };
  }
  return { header, evaluations, end };
}

/** SHA-256 of a log: of the lines before its end, and of the end line without this. */
export const endChecksum = (linesBefore: Hash, { kind, seconds, evaluations }: EndLine): string =>
  linesBefore.update(JSON.stringify({ kind, seconds, evaluations })).digest('hex');

function checksumFault(content: Buffer, end: EndLine): string | undefined {
  if (end.sha256 === undefined) return undefined; // As old as that.
  const linesBefore = content.subarray(0, content.lastIndexOf(newline, content.length - 2) + 1);
  const found = endChecksum(createHash('sha256').update(linesBefore), end);
  return found === end.sha256 ? undefined : 'its content does not fit the checksum of its end line';
}

/** No evaluation goes back, and none is there twice: copied and swapped lines, in logs without a checksum too. */
const isInOrder = (evaluations: readonly EvaluationLine[]): boolean =>
  evaluations.every((line, i) => {
    const before = evaluations[i - 1];
    if (!before) return true;
    const isSame = JSON.stringify(before) === JSON.stringify(line);
    return !isSame && before.iteration <= line.iteration && before.epoch <= line.epoch;
  });

const newline = '\n'.charCodeAt(0);

const linesOf = (content: Buffer): string[] => content.toString('utf8').replace(/\n$/, '').split('\n');

/** Behind the newline of that line, counted from 1. */
function endOfLine(content: Buffer, line: number): number {
  let end = 0;
  for (let i = 0; i < line; i++) {
    const next = content.indexOf(newline, end);
    if (next === -1) return content.length;
    end = next + 1;
  }
  return end;
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
