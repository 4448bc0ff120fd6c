/**
 * Where the logs and snapshots of runs are kept between the worker that computes them and the command that asked for
 * them. Contents are small files, written whole.
 */
export interface RunFiles {
  /** The same on every machine that has this place in reach, and nowhere else. */
  readonly place: string;
  /** Whether a file is there for all readers as soon as it is written: NFS takes its time. */
  readonly isImmediate: boolean;
  /** What is there; undefined if nothing is. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Puts a file there, over the one before: a reader finds the one or the other, never a part. */
  write(path: string, content: Uint8Array): Promise<void>;
  /** Removes a file, if there is one. */
  remove(path: string): Promise<void>;
}
