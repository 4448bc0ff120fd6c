import { isIP } from 'node:net';

/** Where the Redis of a queue is, and how to be let in. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  /** Of Redis' numbered databases. */
  readonly db: number;
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  /** The address without who is let in: all that is ever printed. */
  readonly shown: string;
}

/** Names the password, if the address has none: what is on a command line, others can read. */
const passwordVariable = 'METADISTILL_QUEUE_PASSWORD';

/**
 * Reads `redis://[user:password@]host[:port][/database]`, with TLS if it is `rediss://`.
 *
 * @param env - may have the password as METADISTILL_QUEUE_PASSWORD.
 * @throws RangeError if it is anything else, without repeating what may hold a password.
 */
export function parseQueueAddress(text: string, env: NodeJS.ProcessEnv = process.env): QueueAddress {
  const refuse = (got: string) =>
    new RangeError(
      `--queue ${got}; expected redis://[user:password@]host[:port][/database], or rediss:// for TLS. ` +
        `Write special characters of a password as %XX, or leave it to ${passwordVariable}.`,
    );
  if (!URL.canParse(text)) throw refuse('is no address');
  const url = new URL(text);
  const { protocol, hostname, port, pathname, search, hash } = url;
  if (protocol !== 'redis:' && protocol !== 'rediss:') throw refuse('is the address of something else');
  if (hostname === '') throw refuse('names no host');
  if (search !== '' || hash !== '') throw refuse('has a ? or # in it');
  if (!/^\/?\d{0,5}$/.test(pathname)) throw refuse('names a database that is not a number');
  const decode = (part: string) => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw refuse('has a % in it that is followed by no hexadecimal number');
    }
  };
  const username = decode(url.username);
  const password = decode(url.password) || env[passwordVariable];
  const db = Number(pathname.slice(1));
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 6379),
    db,
    tls: protocol === 'rediss:',
    ...(username && { username }),
    ...(password && { password }),
    shown: `${protocol}//${hostname}:${port || 6379}${db > 0 ? `/${db}` : ''}`,
  };
}

/** The options of ioredis for an address. */
export const connectionOptions = ({ host, port, db, tls, username, password }: QueueAddress) => ({
  host,
  port,
  db,
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  // A certificate is checked against the name, of which an address of numbers has none to send.
  ...(tls && { tls: isIP(host) ? {} : { servername: host } }),
});
