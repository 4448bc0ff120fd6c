import type { LogHeader } from './log-schema.js';

/** What a run computes with, as far as it decides how values round. */
export interface RoundingBackend {
  readonly name: string;
  readonly kernels?: LogHeader['kernels'];
}

/**
 * How the backend that is to continue a log differs from the one that began it; undefined if both round alike.
 *
 * @returns the end of a sentence such as `begun on wasm (simd, direct) and would continue on wasm (simd, fast)`.
 */
export function backendDifference(
  { backend, kernels }: Pick<LogHeader, 'backend' | 'kernels'>,
  next: RoundingBackend,
): string | undefined {
  // A log that does not name its kernels is older than the fast arithmetic.
  const before = kernels ?? (next.kernels && { ...next.kernels, arithmetic: 'direct' as const });
  const isAlike = backend.name === next.name && shown(before) === shown(next.kernels);
  if (isAlike) return undefined;
  return backend.name === next.name
    ? `begun on ${backend.name}${shown(before)} and would continue on ${next.name}${shown(next.kernels)}`
    : `begun on ${backend.name} and would continue on ${next.name}`;
}

const shown = (kernels: LogHeader['kernels']): string =>
  kernels ? ` (${kernels.build}, ${kernels.arithmetic})` : '';
