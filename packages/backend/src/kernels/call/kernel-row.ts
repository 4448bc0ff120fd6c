import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendName } from '../../backend-name.js';

/** A kernel: borrows its inputs and returns new tensors. `stock` is the kernel of TensorFlow.js whose place it takes. */
// biome-ignore lint/suspicious/noExplicitAny: TensorFlow.js erases the types of a kernel's inputs and attributes.
type Kernel = (call: any, stock?: any) => TensorInfo | TensorInfo[];

/** An operation: its name and what computes it on each backend. Every room's `kernels.ts` is a list of these. */
export interface KernelRow extends Readonly<Partial<Record<BackendName, Kernel>>> {
  /** `Metadistill...`, or the name of a kernel of TensorFlow.js, whose place ours then takes. */
  readonly name: string;
  /** The calls that ours takes from a kernel of TensorFlow.js; that one keeps the others. Left out: all. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly takes?: (call: any, backendName: string) => boolean;
}
