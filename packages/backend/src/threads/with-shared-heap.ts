import { shareMemory } from './share-memory.js';

/** An export of TensorFlow.js' module, by which it is known among others that are instantiated meanwhile. */
const signature = Array.from('init_with_threads_count', (letter) => letter.charCodeAt(0));

/**
 * Has TensorFlow.js' single-threaded module, while `load` loads it, get a memory that threads can share.
 *
 * TensorFlow.js has a module with threads of its own, whose kernels we would not need and whose threads would have to be kept
 * from starting. The memory is all that ours have to share.
 */
export async function withSharedHeap<Result>(load: () => Promise<Result>): Promise<Result> {
  const { instantiate, instantiateStreaming } = WebAssembly;
  const streams = 'instantiateStreaming' in WebAssembly;
  const sharing = async (binary: BufferSource, imports?: WebAssembly.Imports) => {
    const bytes = ArrayBuffer.isView(binary)
      ? new Uint8Array(binary.buffer, binary.byteOffset, binary.byteLength)
      : new Uint8Array(binary);
    const shared = isTensorflow(bytes) ? shareMemory(bytes) : undefined;
    return instantiate((shared ?? bytes) as BufferSource, imports);
  };
  WebAssembly.instantiate = ((source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) =>
    source instanceof WebAssembly.Module
      ? instantiate(source, imports)
      : sharing(source, imports)) as typeof instantiate;
  if (streams) {
    WebAssembly.instantiateStreaming = async (source, imports) =>
      sharing(await (await source).arrayBuffer(), imports);
  }
  try {
    return await load();
  } finally {
    WebAssembly.instantiate = instantiate;
    if (streams) WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}

function isTensorflow(bytes: Uint8Array): boolean {
  const [first] = signature as [number];
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (signature.every((code, i) => bytes[at + i] === code)) return true;
  }
  return false;
}
