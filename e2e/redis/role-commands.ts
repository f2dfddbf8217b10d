/** The keys of a data set, as the functions take them. */
export function keysOf(set: string): string {
  return ['data', 'ids', 'version', 'changes', 'secrets'].map((key) => `{${set}}:${key}`).join(' ');
}

/** Reading and writing a data set that is none of the user's business. */
function beyond(set: string): string[] {
  return [
    `HGET {${set}}:secrets ada`,
    `HGET {${set}}:data ada`,
    `ZRANGEBYLEX {${set}}:ids - +`,
    `HSET {${set}}:data ada 1`,
  ];
}

/** What no service may: to administer, to script, to look around, to stall the others. */
const NOBODY_MAY = [
  ...['FLUSHALL', 'FLUSHDB', 'KEYS *', 'SCAN 0', 'RANDOMKEY', 'DBSIZE', 'CONFIG GET *', 'ACL LIST', 'REPLICAOF NO ONE'],
  ...[
    'SHUTDOWN NOSAVE',
    'CLIENT KILL TYPE normal',
    'CLIENT PAUSE 1',
    'CLIENT LIST',
    'MIGRATE h 1 k 0 1',
    'SAVE',
    'MONITOR',
  ],
  ...['PUBLISH c m', 'FUNCTION LIST', 'FUNCTION FLUSH', 'FUNCTION DELETE quotes', 'SCRIPT FLUSH', 'SCRIPT KILL'],
  ...['BLPOP {quotes}:list 1', 'SORT {quotes}:ids', 'FAILOVER', 'REPLICAOF h 1'],
];

/** What each user needs, and what must be refused to it. */
export const ROLE_COMMANDS: Readonly<Record<string, { may: string[]; mayNot: string[] }>> = {
  front: {
    may: [
      'SET {sessions}:session:a x EX 5',
      'GET {sessions}:session:a',
      'HMGET {sessions}:data a',
      'DEL {sessions}:session:a',
    ],
    mayNot: [
      ...NOBODY_MAY,
      ...beyond('users'),
      ...beyond('quotes'),
      'GET {users}:audit',
      'HSET {sessions}:data a 1',
      `FCALL create_record 5 ${keysOf('quotes')} a 1 1 {} x`,
    ],
  },
  quotes: {
    may: [
      'INFO',
      'CLIENT SETNAME quotes-reads',
      'HMGET {quotes}:data a',
      'HRANDFIELD {quotes}:data 1',
      'ZRANGEBYLEX {quotes}:ids - +',
      `FCALL create_record 5 ${keysOf('quotes')} id-1 1 1 {} FINGERPRINT`,
      'XADD {quotes}:audit MAXLEN ~ 5 * events []',
      'XREVRANGE {quotes}:audit + - COUNT 1',
      'WAIT 0 10',
      'WAITAOF 0 0 10',
    ],
    mayNot: [...NOBODY_MAY, ...beyond('users'), 'GET elsewhere', `FCALL create_record 5 ${keysOf('users')} a 1 1 {} x`],
  },
  users: {
    may: ['HMGET {users}:data a', 'ZRANGEBYLEX {users}:ids - +', `FCALL remove_record 5 ${keysOf('users')} a 1 0 x`],
    mayNot: [...NOBODY_MAY, ...beyond('quotes')],
  },
  search: {
    may: [
      'ZRANGEBYLEX {quotes}:ids - +',
      'HMGET {quotes}:data a',
      'XRANGE {quotes}:changes - +',
      'XREVRANGE {quotes}:changes + - COUNT 1',
    ],
    mayNot: [
      ...NOBODY_MAY,
      ...beyond('users'),
      'HGET {quotes}:secrets a',
      'XREVRANGE {quotes}:audit + -',
      'HSET {quotes}:data a 1',
      'XADD {quotes}:changes * a 1',
      `FCALL create_record 5 ${keysOf('quotes')} a 1 1 {} x`,
    ],
  },
  replica: { may: ['PING', 'REPLCONF capa eof'], mayNot: ['GET {quotes}:test', 'INFO', 'CONFIG GET *', 'FLUSHALL'] },
  sentinel: {
    may: ['PING', 'INFO', 'ROLE', 'CONFIG REWRITE', 'PUBLISH __sentinel__:hello x'],
    mayNot: ['GET {quotes}:test', 'CONFIG GET *', 'CONFIG SET save x', 'PUBLISH other x', 'FLUSHALL', 'ACL LIST'],
  },
  exporter: {
    may: ['PING', 'INFO ALL', 'SLOWLOG GET', 'LATENCY LATEST'],
    mayNot: ['GET {quotes}:test', 'CONFIG GET *', 'SET {quotes}:test 1', 'CLIENT LIST', 'KEYS *'],
  },
  backup: {
    may: ['PING', 'HLEN {quotes}:data', 'GET {quotes}:version', 'MSET {backup}:verified 1'],
    mayNot: [
      ...['GET {quotes}:test', 'HGETALL {quotes}:data', 'MSET {quotes}:version 1', 'SET {quotes}:test 1'],
      ...['FLUSHALL', 'CONFIG GET *'],
    ],
  },
};
