/** Some of many things that are computed alike: images, rows, blocks of channels. */
export interface Part {
  readonly from: number;
  readonly count: number;
}

/** About 5 µs: less does not pay for another thread that has to notice it. */
const leastCost = 2 ** 17;

/** Enough for the fast threads to take work from the slow, and few enough to be handed out in no time. */
const mostParts = 16;

/**
 * Splits work into parts for `WasmRuntime.forEach`. Where it is split depends on these numbers alone, never on how many
 * threads there are.
 *
 * @param count of things; none make no part.
 * @param costOfOne in multiplications with an addition; a float that is read or written in passing counts as four.
 * @param multiple parts begin at multiples of it.
 */
export function partsOf(count: number, costOfOne: number, multiple = 1): readonly Part[] {
  const groups = Math.ceil(count / multiple);
  const parts = Math.min(groups, mostParts, Math.max(1, Math.floor((count * costOfOne) / leastCost)));
  const startOf = (part: number) => Math.min(count, Math.floor((groups * part) / parts) * multiple);
  const list: Part[] = [];
  for (let part = 0; part < parts; part++) {
    const from = startOf(part);
    list.push({ from, count: startOf(part + 1) - from });
  }
  return list;
}
