import { spawn } from 'node:child_process';

/** A program to run. */
export interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder?: string;
  /** Added to this process' environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** After so long it is stopped. Default 10 minutes. */
  readonly timeoutMs?: number;
}

/** How a program ended. */
export interface Ended {
  /** Null if it did not start or was stopped. */
  readonly code: number | null;
  /** What it wrote, both streams together. */
  readonly output: string;
}

/** Runs programs; tests give their own. */
export type RunProgram = (program: Program) => Promise<Ended>;

/** Runs a program to its end; never throws. */
export const runProgram: RunProgram = ({ program, args, folder, environment, timeoutMs = 600_000 }) =>
  new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let output = '';
    const hear = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', ({ message }) => resolve({ code: null, output: output + message }));
    child.on('close', (code) => {
      const stopped = code === null ? `\nstopped after ${timeoutMs / 1000} s or by a signal` : '';
      resolve({ code, output: output + stopped });
    });
  });

/** The last lines of what a program wrote, for a message. */
export const tail = (output: string, lines = 12): string =>
  output.trimEnd().split('\n').slice(-lines).join('\n');

/** The line of a program's output that says most of why it failed. */
export function reasonOf(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.findLast((line) => /(E[A-Z]{5,}|ERROR|Error)\b/.test(line)) ?? tail(output, 1);
}
