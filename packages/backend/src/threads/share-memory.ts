/** The most that a wasm memory holds, in pages of 64 KiB: what TensorFlow.js' module and ours may grow to. */
const mostPages = [0x80, 0x80, 0x04];

/** What an import says of a memory, between its name and its limits. */
const memoryKind = 2;

const importSection = 2;
const memorySection = 5;

/**
 * A module whose memory, imported or its own, can be shared between threads: the code stays the same, byte for byte.
 *
 * Threads that share a memory need no other code as long as they write to disjoint places; what passes them from one to the
 * other is ordered by the Atomics of JavaScript.
 *
 * @param binary a module that has one memory. If it imports it, that is its only import.
 * @returns the changed module, or undefined if this one is laid out otherwise.
 */
export function shareMemory(binary: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  for (const section of sectionsOf(binary)) {
    const limits = limitsAt(binary, section);
    if (limits === undefined) continue;
    const flags = binary[limits];
    if (flags === undefined || flags > 1) return undefined;
    const leastEnd = endOfNumber(binary, limits + 1);
    const end = flags === 1 ? endOfNumber(binary, leastEnd) : leastEnd;
    const body = concat([
      binary.subarray(section.start, limits),
      [0x03], // Shared, and with a maximum.
      binary.subarray(limits + 1, leastEnd),
      mostPages,
      binary.subarray(end, section.end),
    ]);
    return concat([
      binary.subarray(0, section.header),
      [section.id],
      lengthOf(body),
      body,
      binary.subarray(section.end),
    ]);
  }
  return undefined;
}

interface Section {
  readonly id: number;
  /** Where it begins, and its content. */
  readonly header: number;
  readonly start: number;
  readonly end: number;
}

function* sectionsOf(binary: Uint8Array): Generator<Section> {
  for (let at = 8; at < binary.length; ) {
    const start = endOfNumber(binary, at + 1);
    const end = start + numberAt(binary, at + 1);
    yield { id: binary[at] as number, header: at, start, end };
    at = end;
  }
}

/** Where the limits of the only memory are, if it is described in this section. */
function limitsAt(binary: Uint8Array, { id, start }: Section): number | undefined {
  if (binary[start] !== 1) return undefined;
  if (id === memorySection) return start + 1;
  if (id !== importSection) return undefined;
  const field = endOfName(binary, start + 1);
  const kind = endOfName(binary, field);
  return binary[kind] === memoryKind ? kind + 1 : undefined;
}

const endOfName = (binary: Uint8Array, at: number): number => endOfNumber(binary, at) + numberAt(binary, at);

/** An unsigned number in LEB128. */
function numberAt(binary: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at, scale = 1; i < endOfNumber(binary, at); i++, scale *= 128) {
    value += ((binary[i] as number) & 127) * scale;
  }
  return value;
}

function endOfNumber(binary: Uint8Array, at: number): number {
  let end = at;
  while ((binary[end] as number) >= 128) end++;
  return end + 1;
}

function lengthOf({ length }: Uint8Array): number[] {
  const bytes: number[] = [];
  for (let rest = length; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

function concat(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((bytes, { length }) => bytes + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
