import { describe, expect, it } from 'vitest';
import { addressOf, outsideConnections, parseConnections, sleepsOnNetwork } from './network-wait';

const thread = (wchan: string, state = 'S') => ({ wchan, state });

describe('an attempt that sleeps on the network', () => {
  it.each([
    ['one thread that receives', [thread('wait_woken')], true],
    ['one that polls, others that wait for it', [thread('poll_schedule_timeout.constprop.0'), thread('futex_do_wait'), thread('do_wait')], true],
    ['one that just sleeps', [thread('hrtimer_nanosleep')], false],
    ['one that receives and one that sleeps', [thread('wait_woken'), thread('hrtimer_nanosleep')], false],
    ['one that receives and one at work', [thread('wait_woken'), thread('0', 'R')], false],
    ['threads that wait for each other', [thread('futex_do_wait'), thread('futex_do_wait')], false],
    ['a kernel that does not tell', [thread('0')], false],
    ['no thread', [], false],
  ])('%s', (_, threads, expected) => {
    expect(sleepsOnNetwork(threads)).toBe(expected);
  });

  it('counts connections that stand or are being made, whose other end is not its own', () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0100007F:A001 0100007F:A002 01 00000000:00000000 00:00000000 00000000     0        0 2 1
   2: 0100007F:A002 0100007F:A001 01 00000000:00000000 00:00000000 00000000     0        0 3 1
   3: 0A00000A:B001 0B00000A:1538 01 00000000:00000000 00:00000000 00000000     0        0 4 1
   4: 0A00000A:B002 0B00000A:1538 02 00000000:00000000 00:00000000 00000000     0        0 5 1
   5: 0A00000A:B003 0B00000A:1538 06 00000000:00000000 00:00000000 00000000     0        0 0 1`;
    const all = parseConnections(text);
    expect(all.map((each) => each.inode)).toEqual(['2', '3', '4', '5']);
    expect(outsideConnections(all, new Set(['2', '3']))).toEqual([]);
    expect(outsideConnections(all, new Set(['2']))).toHaveLength(1);
    expect(outsideConnections(all, new Set(['2', '3', '4', '5'])).map((each) => addressOf(each.remote))).toEqual(['10.0.0.11:5432', '10.0.0.11:5432']);
  });

  it.each([
    ['0100007F:1F90', '127.0.0.1:8080'],
    ['0000000000000000FFFF00000100007F:0050', '127.0.0.1:80'],
    ['00000000000000000000000001000000:0050', '[0:0:0:0:0:0:0:1]:80'],
  ])('writes %s as %s', (hex, address) => {
    expect(addressOf(hex)).toBe(address);
  });
});
