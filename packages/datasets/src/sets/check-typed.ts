import { describeValue } from '@metadistill/options';

/** @throws TypeError if numbers in bulk are a plain array, of which no view can be taken. */
export function checkTyped(caller: string, argument: string, values: unknown, expected: string): void {
  if (ArrayBuffer.isView(values)) return;
  throw new TypeError(
    `${caller}: ${argument} is ${describeValue(values)}; expected ${expected}. Convert it with from() of its class.`,
  );
}
