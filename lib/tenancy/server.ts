export { authorize, systemContext, type Actor, type Caller, type Context } from './context';
export { audit, listAudit, verifyAudit, type Change } from './audit/service';
export {
  enterWorkspace,
  identifySession,
  identifyToken,
  requireOwner,
  SESSION_MS,
  type Identity,
  type Moment,
} from './access/identify';
export { derivedSecret } from './vault/key';
export { openText, sealText } from './vault/sealed-text';
export { ownerExists } from './people/owner-exists';
export { type Permission, type Role } from './permissions';
