import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type EndLine,
  type EvaluationLine,
  type LogHeader,
  type LogLine,
  logLine,
  logSchemaVersion,
} from './log-schema.js';
import { writeWholeFile } from './write-whole-file.js';

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

/** Where a run is logged, relative to the results folder: `synthetic/published/gradient/run-03.jsonl`. */
export function logPath(run: Pick<LogHeader, 'experiment' | 'protocol' | 'method' | 'run'>): string {
  const file = `run-${String(run.run).padStart(2, '0')}.jsonl`;
  return join(run.experiment, run.protocol, run.method, file);
}

/** Begins a log, over whatever was there. @throws if the file cannot be written. */
export function startLog(path: string, header: LogHeader): void {
  writeFileSync(path, serialize(header));
}

/**
 * The beginning of an unfinished log, as far as a snapshot of its run goes.
 *
 * @throws Error if the log does not have it.
 */
export function readBeginning(
  path: string,
  evaluations: number,
): { readonly header: LogHeader; readonly kept: EvaluationLine[] } {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const [header, ...later] = lines
    .slice(0, evaluations + 1)
    .map((line) => logLine.safeParse(parseJson(line)));
  const kept = later.flatMap(({ data }) => (data?.kind === 'eval' ? [data] : []));
  const begun = header?.data?.kind === 'run' ? header.data : undefined;
  if (!begun || kept.length !== evaluations) {
    throw new Error(
      `${path} has ${begun ? kept.length : 'no header and none'} of the ${evaluations} evaluations of its snapshot. ` +
        'Replace the run with --fresh.',
    );
  }
  return { header: begun, kept };
}

/**
 * Takes up an unfinished log after its first evaluations; what came later is computed again.
 *
 * @param start - how the run begins this time: another backend rounds differently, other data give another result.
 * @returns those evaluations.
 * @throws Error if the log does not have them, or was begun on another backend or other data.
 */
export function resumeLog(
  path: string,
  evaluations: number,
  start: { readonly backend: { readonly name: string }; readonly data: Readonly<Record<string, string>> },
): EvaluationLine[] {
  const { header, kept } = readBeginning(path, evaluations);
  if (header.backend.name !== start.backend.name) {
    throw new Error(
      `${path} was begun on ${header.backend.name} and would continue on ${start.backend.name}. Ask for the first by ` +
        '--backend, or replace the run with --fresh.',
    );
  }
  const changed = Object.keys({ ...header.data, ...start.data }).filter(
    (name) => header.data?.[name] !== start.data[name],
  );
  if (changed.length > 0) {
    throw new Error(
      `${path} was begun on other data: ${changed.join(', ')} changed. Restore what it was begun on, or replace the run ` +
        'with --fresh.',
    );
  }
  writeWholeFile(path, [header, ...kept].map(serialize).join(''));
  return kept;
}

/** Adds a line at once, so that a kill loses at most the line being written. @throws if the disk is full. */
export function appendToLog(path: string, line: EvaluationLine | EndLine): void {
  appendFileSync(path, serialize(line));
}

/**
 * Reads a run's log. Anything but a header, evaluations and a matching end line is an unfinished run.
 *
 * @returns the log, or why it does not count.
 * @throws if the file is there and cannot be read.
 */
export function readLog(path: string): CompleteLog | UnfinishedLog {
  const text = readFileSync(path, 'utf8');
  if (!text.endsWith('\n')) return { unfinished: 'its last line is cut short', damaged: false };
  const lines: LogLine[] = [];
  for (const [index, source] of text.slice(0, -1).split('\n').entries()) {
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
  return { header, evaluations, end };
}

const serialize = (line: LogLine): string => `${JSON.stringify(logLine.parse(line))}\n`;

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
