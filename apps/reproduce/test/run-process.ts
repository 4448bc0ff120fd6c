import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** How a process ended, and what it wrote. */
export interface EndedProcess {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a process to its end, or to the end of the test that calls it.
 *
 * @param interruptWhen - called with what it has written until it holds; then the process gets a SIGINT.
 */
export function runProcess(
  program: string,
  args: readonly string[],
  folder: string,
  interruptWhen: (stdout: string) => boolean = () => false,
): Promise<EndedProcess> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: folder });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const timer = setInterval(() => {
      if (!interruptWhen(stdout)) return;
      clearInterval(timer);
      child.kill('SIGINT');
    }, 50);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
