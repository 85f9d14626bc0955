import { afterEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/core/ids';
import { pool } from '@/lib/db/pool';
import { testDatabase } from '@/lib/testing';
import { LeaseKeeper } from './lease-keeper';
import { PARTITIONS, partitionOf } from './partitions';
import { beatWorker, drainWorker, registerWorker, removeWorker } from './worker-store';

testDatabase();

const LEASE_S = 30;
const started: string[] = [];

async function node(steadyNow?: () => number): Promise<{ id: string; keeper: LeaseKeeper }> {
  const id = newId();
  started.push(id);
  await registerWorker({ id, name: `node-${id.slice(-4)}`, host: 'here', pid: 1, roles: ['scheduler'], tags: [], slots: 0, version: 'test', executor: 'local', schemaVersion: '' });
  return { id, keeper: new LeaseKeeper(id, LEASE_S, { leader: true, partitions: true }, steadyNow) };
}

/** As if a node had been killed a lease ago: neither its heartbeat nor its leases are renewed. */
async function killed(id: string): Promise<void> {
  await pool().query(`update worker set heartbeat_at = heartbeat_at - interval '60 seconds' where id = $1`, [id]);
  await pool().query(`update lease set until = clock_timestamp() - interval '1 millisecond' where holder = $1`, [id]);
}

const fences = async () => (await pool().query<{ fence: string }>(`select fence::text from lease where name = 'leader'`)).rows[0]!.fence;
const counts = (...nodes: { keeper: LeaseKeeper }[]) => nodes.map(({ keeper }) => keeper.partitions().length);

afterEach(async () => {
  for (const id of started.splice(0)) await removeWorker(id);
  await pool().query('update lease set holder = null');
});

describe('leases', () => {
  it('go to whoever is alone, are shared when another comes, and come back when it leaves in order', async () => {
    const a = await node();
    await a.keeper.tick();
    expect([a.keeper.leads(), ...counts(a)]).toEqual([true, PARTITIONS]);
    const b = await node();
    await b.keeper.tick();
    expect(counts(a, b)).toEqual([64, 0]);
    await a.keeper.tick();
    await b.keeper.tick();
    expect(counts(a, b)).toEqual([32, 32]);
    expect(new Set([...a.keeper.partitions(), ...b.keeper.partitions()]).size).toBe(PARTITIONS);
    expect([a.keeper.leads(), b.keeper.leads()]).toEqual([true, false]);
    const before = await fences();
    await drainWorker(a.id);
    await a.keeper.release();
    await b.keeper.tick();
    expect([b.keeper.leads(), ...counts(a, b)]).toEqual([true, 0, PARTITIONS]);
    expect(Number(await fences())).toBe(Number(before) + 1);
  });

  it('of a killed node move when they have run out, to all that live', async () => {
    const [a, b, c] = [await node(), await node(), await node()];
    for (let round = 0; round < 3; round++) for (const each of [a, b, c]) await each.keeper.tick();
    expect(counts(a, b, c).sort()).toEqual([21, 21, 22]);
    await killed(a.id);
    for (const each of [b, c]) await each.keeper.tick();
    for (const each of [b, c]) await each.keeper.tick();
    expect(counts(b, c)).toEqual([32, 32]);
    // the dead one wakes up: what it believed is over, and it takes nothing that others hold
    await beatWorker(a.id, {});
    await a.keeper.tick();
    expect(counts(a)).toEqual([0]);
  });

  it('are not believed in past the time they were granted for', async () => {
    let now = 0;
    const { keeper } = await node(() => now);
    await keeper.tick();
    now = LEASE_S * 1000 - 1;
    expect([keeper.leads(), keeper.partitions().length]).toEqual([true, PARTITIONS]);
    now = LEASE_S * 1000;
    expect([keeper.leads(), keeper.partitions().length]).toEqual([false, 0]);
  });

  it('come to rest with five nodes that all look at the same moment', async () => {
    const nodes = await Promise.all(Array.from({ length: 5 }, () => node()));
    for (let round = 0; round < 6; round++) await Promise.all(nodes.map(({ keeper }) => keeper.tick()));
    expect(counts(...nodes).sort()).toEqual([12, 13, 13, 13, 13]);
    expect(nodes.filter(({ keeper }) => keeper.leads())).toHaveLength(1);
  });
});

it('the database puts a pipeline into the same share as the program', async () => {
  const ids = Array.from({ length: 200 }, () => newId());
  const { rows } = await pool().query<{ share: number }>(`select penstock_partition(id) as share from unnest($1::uuid[]) with ordinality as u(id, n) order by n`, [ids]);
  expect(rows.map((row) => row.share)).toEqual(ids.map(partitionOf));
});
