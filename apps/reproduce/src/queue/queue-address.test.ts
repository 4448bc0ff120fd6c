import { expect, test } from 'vitest';
import { connectionOptions, parseQueueAddress } from './queue-address.js';

test('reads host, port, database, user and password, and shows no user or password', () => {
  expect(parseQueueAddress('rediss://me:p%40ss%2F@redis.example:7000/2', {})).toEqual({
    host: 'redis.example',
    port: 7000,
    db: 2,
    tls: true,
    username: 'me',
    password: 'p@ss/',
    shown: 'rediss://redis.example:7000/2',
  });
  expect(parseQueueAddress('redis://[::1]', {})).toEqual({
    host: '::1',
    port: 6379,
    db: 0,
    tls: false,
    shown: 'redis://[::1]:6379',
  });
});

test('takes a password from the environment if the address has none', () => {
  const env = { METADISTILL_QUEUE_PASSWORD: 'secret' };
  expect(parseQueueAddress('redis://host', env).password).toBe('secret');
  expect(parseQueueAddress('redis://:own@host', env).password).toBe('own');
});

test.each([
  ['host:6379', 'is the address of something else'],
  ['redis//:secret@host', 'is no address'],
  ['redis://:sec/ret@host', 'is no address'],
  ['redis://:secret@', 'is no address'],
  ['http://:secret@host', 'is the address of something else'],
  ['redis:', 'names no host'],
  ['redis://me:sec#ret@host', 'is no address'],
  ['redis://:secret@host?tls=1', 'has a ? or # in it'],
  ['redis://:secret@host/queue', 'names a database that is not a number'],
  ['redis://:secret%@host', 'has a % in it that is followed by no hexadecimal number'],
])('refuses %s: it %s', (text, reason) => {
  const refused = () => parseQueueAddress(text, {});
  expect(refused).toThrow(`--queue ${reason}; expected redis://`);
  expect(refused).not.toThrow(/sec/);
});

test('asks for TLS by the name of the host', () => {
  expect(connectionOptions(parseQueueAddress('rediss://redis.example', {}))).toMatchObject({
    tls: { servername: 'redis.example' },
  });
  expect(connectionOptions(parseQueueAddress('rediss://127.0.0.1', {}))).toMatchObject({ tls: {} });
  expect(connectionOptions(parseQueueAddress('redis://redis.example', {}))).not.toHaveProperty('tls');
});
