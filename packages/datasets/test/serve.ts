import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Serves on a free port of this computer until the test ends; returns the base URL. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Serves these files, or what is asked for of them, and lists the requests: `name` or `name from byte`. */
export async function serveFiles(
  files: Record<string, Uint8Array>,
): Promise<{ readonly url: string; readonly requests: string[] }> {
  const requests: string[] = [];
  const url = await serve((request, response) => {
    const name = request.url?.slice(1) ?? '';
    const bytes = files[name];
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    requests.push(from > 0 ? `${name} from ${from}` : name);
    if (!bytes || from >= bytes.length) {
      response.writeHead(bytes ? 416 : 404, { 'content-length': 0 }).end();
      return;
    }
    const range = from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    response
      .writeHead(range ? 206 : 200, { 'content-length': bytes.length - from, ...range })
      .end(bytes.subarray(from));
  });
  return { url, requests };
}

export const digest = (algorithm: 'md5' | 'sha256', bytes: Uint8Array | string): string =>
  createHash(algorithm).update(bytes).digest('hex');
