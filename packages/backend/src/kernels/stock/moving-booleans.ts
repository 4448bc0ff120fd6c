import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../../wasm/wasm-backend.js';
import { wasmHost } from '../call/array-host.js';

/** What the body needs of a call. */
interface MovingCall {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly backend: unknown;
}

/**
 * A kernel of TensorFlow.js on wasm that moves values 32 bits at a time: booleans, of 8 bits, go
 * through int32.
 *
 * @param moved the names of the inputs that are moved, of one dtype.
 * @param check what the call has to pass first.
 */
export const movingBooleans =
  // biome-ignore lint/suspicious/noExplicitAny: as for Kernel in KernelRow.
    (moved: readonly string[], check: (call: any) => void) =>
    (call: MovingCall, stock: (call: MovingCall) => TensorInfo): TensorInfo => {
      check(call);
      const { dtype } = call.inputs[moved[0]!]!;
      if (dtype !== 'bool') return stock(call);
      const { make, bits } = wasmHost(call.backend);
      const copy = (from: TensorInfo, to: DataType): TensorInfo => {
        const copied = make(from.shape, to);
        bits(copied).set(bits(from));
        return copied;
      };
      const free = ({ dataId }: TensorInfo) => (call.backend as WasmBackend).disposeData(dataId);
      const wide = moved.map((name) => [name, copy(call.inputs[name]!, 'int32')] as const);
      const result = stock({ ...call, inputs: { ...call.inputs, ...Object.fromEntries(wide) } });
      for (const [, tensor] of wide) free(tensor);
      const narrow = copy(result, 'bool');
      free(result);
      return narrow;
    };
