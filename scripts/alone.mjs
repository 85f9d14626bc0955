/** One builder at a time in one copy of the product. Needs no package, since installing is done under it too. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const LOCK = fileURLToPath(new URL('../node_modules/.penstock-building', import.meta.url));

/**
 * whileAlone runs work that installs or builds; another process that does so in this copy is waited for. A lock whose holder was killed
 * is taken over, and work that asks again inside its own goes on at once.
 */
export async function whileAlone(work) {
  mkdirSync(path.dirname(LOCK), { recursive: true });
  for (let told = false; !take(); told = true) {
    const holder = holderOf();
    if (holder === process.pid) return work();
    if (holder !== null && !lives(holder)) {
      rmSync(LOCK, { force: true });
      continue;
    }
    if (!told) console.error('Another process is building this copy; waiting for it …');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function take() {
  try {
    const lock = openSync(LOCK, 'wx');
    writeFileSync(lock, String(process.pid));
    closeSync(lock);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process id in the lock; null while it is not written yet or the lock is just gone. */
function holderOf() {
  try {
    return Number(readFileSync(LOCK, 'utf8')) || null;
  } catch {
    return null;
  }
}

function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
