import { rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { newProduct, Product, remove } from './fixtures/built-product';

test.setTimeout(300_000);

type Run = { id: string; state: string };

test('a backup taken beside a running product fills an empty home, with the same runs, files, secrets and audit', async () => {
  const product = await newProduct();
  const home = `${product.home}-restored`;
  const archive = path.join(product.home, 'all.tar.gz');
  const restored = new Product(home, product.token, {});
  try {
    await product.api('PUT', '/w/main/secrets/door', { value: 'open-sesame' });
    await product.api('POST', '/w/main/pipelines', { slug: 'kept', name: 'Kept' });
    const spec = {
      schemaVersion: 1,
      tasks: [
        { id: 'rows', kind: 'sql', config: { sql: 'select range as n from range(1000)' }, writes: 'thousand' },
        { id: 'secret', kind: 'shell', config: { command: '[ {{ secrets.door }} = "open-$(echo sesame)" ]' } },
      ],
    };
    await product.api('POST', '/w/main/pipelines/kept/publish', { spec });
    const run = await product.api<Run>('POST', '/w/main/pipelines/kept/runs', {});
    expect((await product.api<Run>('GET', `/w/main/runs/${run.id}/wait?timeoutSeconds=60`)).state).toBe('succeeded');

    const made = await product.command(['backup', archive, '--json']);
    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect((await stat(archive)).mode & 0o777).toBe(0o600);
    expect((await product.command(['backup', archive])).stderr).toContain('is there already');
    expect((await product.command(['restore', archive])).stderr).toContain('is not empty');
    const broken = path.join(product.home, 'broken.tar.gz');
    await writeFile(broken, 'no archive');
    const refused = await product.command(['restore', broken], { PENSTOCK_HOME: home });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('no whole backup');
    await product.stop();

    const answer = await product.command(['restore', archive, '--json'], { PENSTOCK_HOME: home, PENSTOCK_URL: '' });
    expect(answer, answer.stderr).toMatchObject({ code: 0 });
    await restored.start();
    const output = await restored.api<{ rowCount: number }>('GET', `/w/main/runs/${run.id}/tasks/rows/output`);
    expect(output.rowCount).toBe(1000);
    expect(await restored.api('GET', '/w/main/audit/verify')).toMatchObject({ breaches: [] });
    const again = await restored.api<Run>('POST', '/w/main/pipelines/kept/runs', {});
    expect((await restored.api<Run>('GET', `/w/main/runs/${again.id}/wait?timeoutSeconds=60`)).state).toBe('succeeded');
    expect(await restored.api('GET', '/w/main/datasets/thousand')).toMatchObject({ currentVersion: 2 });
  } finally {
    await restored.stop();
    await remove(product);
    await rm(home, { recursive: true, force: true });
  }
});
