/** What a fingerprint is made of: texts, numbers, and arrays such as a teacher's weights. */
export type FingerprintPart = string | number | boolean | ArrayBufferView;

/**
 * SHA-256 over named parts, as 64 hexadecimal digits: the same for the same parts in any order.
 *
 * Name everything that a teacher's logits depend on: its weights or their file, the data and how they were cut and
 * normalised, and whether they were augmented.
 *
 * @throws Error if the runtime has no WebCrypto: browsers offer it on secure pages alone.
 */
export async function fingerprint(parts: Readonly<Record<string, FingerprintPart>>): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new Error('fingerprint: crypto.subtle is undefined; expected WebCrypto. Serve the page by https.');
  }
  const lines: string[] = [];
  for (const name of Object.keys(parts).sort()) {
    const part = parts[name] as FingerprintPart;
    const text = ArrayBuffer.isView(part)
      ? `sha256:${await digest(bytesOf(part))}`
      : `${typeof part}:${part}`;
    lines.push(`${JSON.stringify(name)}=${JSON.stringify(text)}`);
  }
  return digest(new TextEncoder().encode(lines.join('\n')));
}

const bytesOf = (view: ArrayBufferView): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = await globalThis.crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
