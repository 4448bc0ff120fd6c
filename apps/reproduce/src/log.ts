import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSpec } from './experiment.js';
import { type EndLine, type EvaluationLine, type LogHeader, type LogLine, logLine } from './log-schema.js';
import { writeWholeFile } from './write-whole-file.js';

/** A run that came to its end. */
export interface CompleteLog {
  readonly header: LogHeader;
  /** At least one; the last is the result. */
  readonly evaluations: readonly EvaluationLine[];
  readonly end: EndLine;
}

/** Where a run is logged, relative to the results folder: `synthetic/published/gradient/run-03.jsonl`. */
export function logPath(spec: Pick<RunSpec, 'experiment' | 'protocol' | 'method' | 'run'>): string {
  const file = `run-${String(spec.run).padStart(2, '0')}.jsonl`;
  return join(spec.experiment, spec.protocol, spec.method, file);
}

/** Begins a log, over whatever was there. @throws where the file cannot be written. */
export function startLog(path: string, header: LogHeader): void {
  writeFileSync(path, serialize(header));
}

/**
 * Takes up an unfinished log after its first evaluations; what came later is computed again.
 *
 * @param backend that goes on: its rounding has to be that of the beginning.
 * @returns those evaluations.
 * @throws Error where the log does not have them, or was begun on another backend.
 */
export function resumeLog(path: string, evaluations: number, backend: string): EvaluationLine[] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, evaluations + 1);
  const header = logLine.safeParse(parseJson(lines[0] as string));
  const begunOn =
    header.success && header.data.kind === 'run' ? header.data.backend.name : 'no known backend';
  if (begunOn !== backend) {
    throw new Error(
      `${path} was begun on ${begunOn} and would go on on ${backend}. Ask for the first by --backend, or replace the run with --fresh.`,
    );
  }
  const kept = lines.slice(1).flatMap((source) => {
    const parsed = logLine.safeParse(parseJson(source));
    return parsed.success && parsed.data.kind === 'eval' ? [parsed.data] : [];
  });
  if (kept.length !== evaluations) {
    throw new Error(
      `${path} has ${kept.length} of the ${evaluations} evaluations of its snapshot. Replace the run with --fresh.`,
    );
  }
  writeWholeFile(path, `${lines.join('\n')}\n`);
  return kept;
}

/** Adds a line at once, so that a kill loses at most the line being written. @throws where the disk is full. */
export function appendToLog(path: string, line: EvaluationLine | EndLine): void {
  appendFileSync(path, serialize(line));
}

/**
 * Reads a run's log. Anything but a header, evaluations and a matching end line is an unfinished run.
 *
 * @returns the log, or why it does not count.
 * @throws where the file is there and cannot be read.
 */
export function readLog(path: string): CompleteLog | { readonly unfinished: string } {
  const text = readFileSync(path, 'utf8');
  if (!text.endsWith('\n')) return { unfinished: 'its last line is cut short' };
  const lines: LogLine[] = [];
  for (const [index, source] of text.slice(0, -1).split('\n').entries()) {
    const parsed = logLine.safeParse(parseJson(source));
    if (!parsed.success) return { unfinished: `line ${index + 1} is not a line of a log of this version` };
    lines.push(parsed.data);
  }
  const header = lines[0];
  const end = lines.at(-1);
  const evaluations = lines.slice(1, -1).filter((line) => line.kind === 'eval');
  if (header?.kind !== 'run') return { unfinished: 'it has no header' };
  if (end?.kind !== 'end') return { unfinished: 'it has no end line' };
  if (
    evaluations.length === 0 ||
    evaluations.length !== lines.length - 2 ||
    end.evaluations !== evaluations.length
  ) {
    return {
      unfinished: `it has ${evaluations.length} evaluations where its end line says ${end.evaluations}`,
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
