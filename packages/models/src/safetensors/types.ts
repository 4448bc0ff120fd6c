/** A tensor in memory, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** Tensors by name, in the order of a file. */
export type NamedTensors = ReadonlyMap<string, HostTensor>;

/** What a safetensors file holds. */
export interface SafetensorsContent {
  readonly tensors: NamedTensors;
  /** `__metadata__` of the header: text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file's content and the name that errors call it by. */
export interface SafetensorsFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
