export { authorize, systemContext, type Actor, type Caller, type Context } from './context';
export { type Permission, type Role } from './permissions';
export { audit, auditWithin, listAudit, verifyAllAudits, verifyAudit, type Change } from './audit/service';
export {
  enterWorkspace,
  identifySession,
  identifyToken,
  requireOwner,
  SESSION_MS,
  type Identity,
  type Moment,
} from './access/identify';
export {
  listSessions,
  revokeOtherSessions,
  revokeSession,
  signIn,
  signInByProvider,
  signOut,
  type SessionView,
  type SignedIn,
} from './access/sessions';
export { createToken, findToken, listTokens, personBehind, revokeToken, type TokenView } from './access/tokens';
export { changePassword, resetPassword } from './people/account';
export {
  acceptAsMember,
  acceptAsNewPerson,
  findInvite,
  invite,
  listInvites,
  readInvite,
  withdrawInvite,
  type Invitation,
  type InviteView,
} from './people/invites';
export { changeRole, getMember, listMembers, removeMember, type MemberView } from './people/members';
export { membersWhoMay, principalOf, type Principal } from './people/principal';
export { bootstrap, createFirstOwner, type Bootstrapped } from './people/owner';
export { ownerExists } from './people/owner-exists';
export {
  createDemoWorkspace,
  createWorkspace,
  findDemoToSeed,
  getWorkspace,
  listWorkspaces,
  markDemoSeeded,
  updateWorkspace,
} from './workspaces/service';
export {
  announce,
  deleteChannel,
  getChannel,
  getChannelView,
  listChannels,
  putChannel,
  testChannel,
  webhookTarget,
  type Announcement,
  type ChannelView,
} from './vault/channels';
export { type ConnectionTest } from './vault/connection-test';
export {
  deleteConnection,
  getConnection,
  listConnections,
  putConnection,
  resolveConnection,
  testConnection,
  type ConnectionView,
  type OpenConnection,
} from './vault/connections';
export { derivedSecret } from './vault/key';
export { openText, sealText } from './vault/sealed-text';
export {
  deleteSecret,
  findSecret,
  listSecrets,
  putSecret,
  resolveSecret,
  secretNames,
  type SecretView,
} from './vault/secrets';
export {
  deleteVariable,
  getVariable,
  getVariables,
  listVariables,
  putVariable,
  type VariableView,
} from './vault/variables';
export { forgetOldKeys } from './access/idempotency-keys';
