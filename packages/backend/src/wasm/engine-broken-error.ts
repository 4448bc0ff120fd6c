/**
 * A kernel of the wasm backend trapped, or its heap did between kernels: its memory may hold anything from then on. Every later kernel, upload and read of that
 * backend throws this error too; tensors can still be disposed of.
 */
export class EngineBrokenError extends Error {
  override readonly name = 'EngineBrokenError';
  /** The kernel that trapped, such as `AvgPool`, or what trapped between kernels: `_malloc` if the heap is damaged. */
  readonly kernel: string;

  constructor(kernel: string, cause: Error) {
    super(
      `${kernel}: WebAssembly trapped (${cause.message}), and what its memory holds can no longer be trusted; ` +
        'expected a call that returns. Start a new process or worker, and resume from the last snapshot.',
      { cause },
    );
    this.kernel = kernel;
  }
}
