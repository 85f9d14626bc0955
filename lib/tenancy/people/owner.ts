import { env } from '@/lib/core/env';
import { AppError, conflict } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { log } from '@/lib/core/log';
import { prisma } from '@/lib/db/client';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import { hashToken, isTokenText, tokenPrefix } from '../access/token-text';
import { insertToken } from '../access/store';
import { audit } from '../audit/service';
import { systemCaller } from '../context';
import { emailSchema, type NewOwner } from '../schema';
import { addWorkspace, ensureOrganization, findDemoToSeed } from '../workspaces/service';
import { hashPassword, requireStrong } from './password';
import { countOwners, insertUser, lockSetup } from './store';

const SHORTEST_UNATTENDED = 8;

/**
 * createFirstOwner makes the organization and its first owner.
 * @throws AppError conflict once an owner exists, invalid for a weak password
 */
export async function createFirstOwner(given: NewOwner, now: Date): Promise<{ id: string; email: string }> {
  requireStrong(given.password, given, 'password');
  const passwordHash = await hashPassword(given.password);
  return inTransaction(async (tx) => {
    await lockSetup(tx);
    if ((await countOwners(tx)) > 0)
      throw conflict('This installation has an owner already. Sign in, or ask the owner for an invitation.');
    return addOwner(tx, given.email, given.name, passwordHash, now);
  });
}

/** What a start found or made. `demo`: a demo workspace whose content is still to be made. */
export type Bootstrapped = {
  ownerExists: boolean;
  ownerCreated: boolean;
  demo: { id: string; slug: string; name: string } | null;
};

/**
 * bootstrap does at each start what the environment asks for: the first owner with workspace `main` and a token
 * (PENSTOCK_OWNER_EMAIL, PENSTOCK_OWNER_PASSWORD, PENSTOCK_API_TOKEN; ignored once an owner exists) and, at the very first
 * start, workspace `demo` (PENSTOCK_DEMO=1).
 * @throws AppError invalid naming the variable that cannot be used
 */
export async function bootstrap(now: Date): Promise<Bootstrapped> {
  const wanted = unattendedOwner();
  const owners = await countOwners(prisma());
  const create = wanted && owners === 0;
  const passwordHash = create ? await hashPassword(wanted.password) : '';
  const made = await inTransaction(async (tx) => {
    await lockSetup(tx);
    const { organization, isNew } = await ensureOrganization(tx, now);
    const caller = systemCaller(now);
    if (isNew && env().PENSTOCK_DEMO === '1')
      await addWorkspace(tx, caller, organization.id, { slug: 'demo', name: 'Demo' }, { demo: 'pending' });
    if (!create || (await countOwners(tx)) > 0) return false;
    const owner = await addOwner(tx, wanted.email, '', passwordHash, now);
    await addWorkspace(tx, caller, organization.id, { slug: 'main', name: 'Main' }, {}, owner.id);
    if (wanted.token) await addOwnerToken(tx, wanted.token, owner.id, now);
    return true;
  });
  if (made) log.info({ email: wanted?.email }, 'the owner account was created from the environment');
  return { ownerExists: made || owners > 0, ownerCreated: made, demo: await findDemoToSeed() };
}

async function addOwner(
  tx: Tx,
  email: string,
  name: string,
  passwordHash: string,
  now: Date,
): Promise<{ id: string; email: string }> {
  await ensureOrganization(tx, now);
  const user = await insertUser(tx, {
    id: newId(),
    email,
    name: name || (email.split('@')[0] ?? email),
    passwordHash,
    isOwner: true,
    createdAt: now,
  });
  await audit(
    tx,
    { actor: { kind: 'user', id: user.id, name: user.name }, isOwner: true, now },
    { verb: 'owner.create', target: 'user', targetId: user.id, after: { email } },
  );
  return { id: user.id, email: user.email };
}

async function addOwnerToken(tx: Tx, text: string, createdBy: string, now: Date): Promise<void> {
  const token = await insertToken(tx, {
    id: newId(),
    workspaceId: null,
    name: 'PENSTOCK_API_TOKEN',
    role: 'admin',
    tokenHash: hashToken(text),
    prefix: tokenPrefix(text),
    createdBy,
    createdAt: now,
    expiresAt: null,
  });
  await audit(tx, systemCaller(now), {
    verb: 'token.create',
    target: 'token',
    targetId: token.id,
    after: { name: token.name, role: token.role },
  });
}

function unattendedOwner(): { email: string; password: string; token: string | undefined } | null {
  const { PENSTOCK_OWNER_EMAIL: email, PENSTOCK_OWNER_PASSWORD: password, PENSTOCK_API_TOKEN: token } = env();
  if (!email && !password) return null;
  if (!email || !password)
    throw wrong('PENSTOCK_OWNER_EMAIL and PENSTOCK_OWNER_PASSWORD belong together; only one is set.');
  const parsed = emailSchema.safeParse(email);
  if (!parsed.success) throw wrong(`PENSTOCK_OWNER_EMAIL="${email}" is not an e-mail address.`);
  if ([...password].length < SHORTEST_UNATTENDED)
    throw wrong(`PENSTOCK_OWNER_PASSWORD must have at least ${SHORTEST_UNATTENDED} characters.`);
  if (token && !isTokenText(token))
    throw wrong('PENSTOCK_API_TOKEN must be pst_ followed by at least 32 letters, digits, _ or -.');
  return { email: parsed.data, password, token };
}

const wrong = (message: string) => new AppError('invalid', message);
