/** How many threads compute, and why only one if more were wanted. */
export interface ThreadCount {
  readonly threads: number;
  readonly reason?: string;
}

/** More hardly help a step of the nets that fit into a wasm memory. */
const mostByDefault = 16;

/** Why threads cannot share memory here; undefined if they can. A page has to be isolated from others for that. */
export function whyNotShared(): string | undefined {
  if (globalThis.crossOriginIsolated === false) {
    return 'the page is not cross-origin isolated: serve it with Cross-Origin-Opener-Policy same-origin and Cross-Origin-Embedder-Policy require-corp';
  }
  return typeof SharedArrayBuffer === 'undefined'
    ? 'this engine shares no memory between threads'
    : undefined;
}

/**
 * How many threads are to compute.
 *
 * @param asked by default as many as there are cores, at most 16.
 */
export function countThreads(asked: number | 'auto' = 'auto'): ThreadCount {
  const threads = asked === 'auto' ? Math.min(mostByDefault, countCores()) : asked;
  const reason = threads > 1 ? whyNotShared() : undefined;
  return reason === undefined ? { threads } : { threads: 1, reason };
}

function countCores(): number {
  const own = globalThis.navigator?.hardwareConcurrency;
  if (own !== undefined) return Math.max(1, own);
  // Node 20 has no navigator.
  return globalThis.process?.getBuiltinModule?.('node:os').availableParallelism() ?? 1;
}
