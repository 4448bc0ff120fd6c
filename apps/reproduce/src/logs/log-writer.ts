import { createHash, type Hash } from 'node:crypto';
import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { backendDifference, type RoundingBackend } from './backend-difference.js';
import { endChecksum, readBeginning } from './log.js';
import { type EvaluationLine, type LogHeader, type LogLine, logLine } from './log-schema.js';
import { namingFile } from './naming-file.js';
import { type WriteWholeFileOptions, writeWholeFile } from './write-whole-file.js';

/** A log that is being written. Each method throws, naming the file, if it cannot be written. */
export interface LogWriter {
  readonly evaluations: readonly EvaluationLine[];
  /** Adds a line at once, so that a kill loses at most the line being written. */
  append(line: EvaluationLine): void;
  /** Waits until all lines are on the disk, unless the log is not `durable`. @returns their SHA-256, for a snapshot that follows them. */
  sync(): string;
  /** The last line; then the log is complete. */
  end(seconds: number): void;
  /** Lets go of the file; again is allowed. */
  close(): void;
}

/** Begins a log, over whatever was there. */
export const startLog = (path: string, header: LogHeader, options?: WriteWholeFileOptions): LogWriter =>
  writeFrom(path, header, [], options);

/** How much of a log belongs to a snapshot of its run. */
export interface LogBeginning {
  readonly evaluations: number;
  /** SHA-256 of the header and those evaluations. */
  readonly logSha256: string;
}

/**
 * Takes up an unfinished log after the evaluations of its snapshot; what came later is computed again.
 *
 * @param start - how the run begins this time: other kernels round differently, other data give another result.
 * @throws Error if the log does not have those evaluations, or was begun on another backend or other data.
 */
export function resumeLog(
  path: string,
  beginning: LogBeginning,
  start: { readonly backend: RoundingBackend; readonly data: Readonly<Record<string, string>> },
  options?: WriteWholeFileOptions,
): LogWriter {
  const { header, kept } = readBeginning(path, beginning);
  const difference = backendDifference(header, start.backend);
  if (difference !== undefined) {
    throw new Error(
      `${path} was ${difference}. Ask for the first by --backend or --arithmetic, and the same Node, or replace the run ` +
        'with --fresh.',
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
  return writeFrom(path, header, kept, options);
}

/** A new file, so that a process that has lost this log and does not know it writes into the old one. */
function writeFrom(
  path: string,
  header: LogHeader,
  kept: readonly EvaluationLine[],
  options: WriteWholeFileOptions = {},
): LogWriter {
  const beginning = [header, ...kept].map(serialize).join('');
  writeWholeFile(path, beginning, options);
  const evaluations = [...kept];
  const hash = createHash('sha256').update(beginning);
  let file: number | undefined = namingFile(path, () => openSync(path, 'a'));
  const write = (text: string) => {
    if (file === undefined) throw new Error(`internal: ${path} was closed.`);
    const open = file;
    namingFile(path, () => appendFileSync(open, text));
    hash.update(text);
  };
  const sync = () => {
    const open = file;
    if (open !== undefined && options.durable !== false) namingFile(path, () => fsyncSync(open));
    return digestOf(hash);
  };
  return {
    evaluations,
    append(line) {
      write(serialize(line));
      evaluations.push(line);
    },
    sync,
    end(seconds) {
      const line = { kind: 'end', seconds, evaluations: evaluations.length } as const;
      write(serialize({ ...line, sha256: endChecksum(hash.copy(), line) }));
      sync();
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

const digestOf = (hash: Hash): string => hash.copy().digest('hex');

const serialize = (line: LogLine): string => `${JSON.stringify(logLine.parse(line))}\n`;
