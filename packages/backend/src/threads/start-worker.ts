import { workerSource } from './worker-source.js';

/** What a worker is told. */
export interface WorkerTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  /** Of the kernels, by number. */
  readonly names: readonly string[];
  /** From 1; the caller's thread is 0. */
  readonly index: number;
}

/** A thread that takes jobs, or is about to. */
export interface StartedWorker {
  /** Ends it at once. */
  terminate(): Promise<void>;
}

/**
 * Starts a thread in Node or in a page, which keeps no process alive.
 *
 * @param onLost called if it ends by itself after it was ready.
 * @throws Error if it cannot start.
 */
export function startWorker(task: WorkerTask, onLost: (reason: string) => void): Promise<StartedWorker> {
  return globalThis.process?.versions?.node ? startInNode(task, onLost) : startInPage(task, onLost);
}

async function startInNode(task: WorkerTask, onLost: (reason: string) => void): Promise<StartedWorker> {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  // Flags that the parent was started with are the process's already; preloads of its own would only slow it down.
  const worker = new Worker(workerSource, { eval: true, execArgv: [], env: {}, stdin: false });
  const started = new Promise<void>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread ended with code ${code}`)));
  });
  worker.postMessage(task);
  await started;
  worker.removeAllListeners();
  const lost = (reason: unknown) => onLost(String(reason));
  worker.on('error', lost);
  worker.on('exit', lost);
  worker.unref();
  const terminate = async () => {
    worker.removeAllListeners();
    worker.on('error', () => {});
    await worker.terminate();
  };
  return { terminate };
}

async function startInPage(task: WorkerTask, onLost: (reason: string) => void): Promise<StartedWorker> {
  const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  try {
    const worker = new Worker(address);
    const terminate = async () => worker.terminate();
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = ({ message }) => {
        worker.terminate();
        reject(new Error(message || 'the page does not let a worker start'));
      };
      worker.postMessage(task);
    });
    worker.onerror = ({ message }) => onLost(message);
    return { terminate };
  } finally {
    URL.revokeObjectURL(address);
  }
}
