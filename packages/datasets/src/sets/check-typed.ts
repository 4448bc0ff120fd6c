import { describeValue } from '@metadistill/options';

/** What each kind of numbers in bulk may be, and how to make one of another array. */
const kinds = {
  examples: [
    'a Uint8Array of images or a Float32Array of features',
    [Uint8Array, Float32Array],
    'Convert it with from() of its class.',
  ],
  labels: [
    'an Int32Array',
    [Int32Array, Uint8Array, Uint16Array, Uint32Array, Int8Array, Int16Array, Float32Array, Float64Array],
    'Convert it with from() of its class, big integers with Int32Array.from(labels, Number).',
  ],
  logits: ['a Float32Array', [Float32Array], 'Convert it with from() of its class.'],
} as const;

/**
 * Refuses arrays of another class, whose numbers mean something else: clamped bytes would pass for features that are never
 * scaled, and numbers of float64 become infinite in float32.
 *
 * @throws TypeError if numbers in bulk are a plain array, of which no view can be taken, or a typed one of another class.
 */
export function checkTyped(
  caller: string,
  argument: string,
  values: unknown,
  kind: keyof typeof kinds,
): void {
  const [expected, classes, remedy] = kinds[kind];
  if (classes.some((each) => values instanceof each)) return;
  throw new TypeError(`${caller}: ${argument} is ${describeValue(values)}; expected ${expected}. ${remedy}`);
}
