import type { Progress } from '../terminal/progress.js';

/** A question that takes many trainings to answer: one file in `studies/`, one line in `studies/index.ts`. */
export interface Study {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  /** Trainings from different starts that each answer averages over, if `--starts` is not given. */
  readonly starts: number;
  /** The rest. Behind a dynamic import: the command line needs neither tensors nor plots. */
  load(): Promise<StudyWork>;
}

/** What a study does. */
export interface StudyWork {
  /** What is to be computed, in this order. */
  parts(starts: number): readonly StudyPart[];
  /**
   * A report in Markdown and figures, by file name, the report first; from the records of all parts, which are empty for a
   * part that is missing.
   */
  render(records: (part: string) => readonly StudyRecord[]): Readonly<Record<string, string>>;
  /** Whether there is a report before all parts are computed. */
  readonly rendersPartially?: boolean;
}

/** A piece of a study that is computed and logged as a whole. */
export interface StudyPart {
  /** Its log's path without the ending, relative to the study's folder: `closed-loop/every-5`. */
  readonly name: string;
  /** All that its records depend on. */
  readonly config: Readonly<Record<string, StudyValue>>;
  /** Ends early if the signal aborts, by throwing its reason. */
  compute(context: PartContext): Promise<readonly StudyRecord[]>;
}

export interface PartContext {
  readonly signal: AbortSignal;
  readonly progress: (fraction: number) => void;
  /** Of an earlier part, empty if it was not computed: what is chosen among its kind is trained further. */
  readonly records: (part: string) => readonly StudyRecord[];
}

export type StudyValue = number | string | boolean | readonly (number | string)[];

/** A line of a part's log: flat, so that it reads into any table. */
export type StudyRecord = Readonly<Record<string, number | string>>;

export interface StudyOptions {
  readonly starts: number;
  /** Of this study, absolute. */
  readonly folder: string;
  /** Computes finished parts again. */
  readonly fresh: boolean;
  /**
   * Computes these parts alone, all of them if there is no pattern: `tabular/adam` means every part whose name begins so,
   * level by level; the level `*` fits any.
   */
  readonly only?: readonly string[];
  /** Computes nothing: writes the report of what is logged. */
  readonly reportOnly?: boolean;
  readonly progress: (parts: number) => Progress;
  readonly signal: AbortSignal;
}
