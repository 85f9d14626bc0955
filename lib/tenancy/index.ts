export { ROLES, PERMISSIONS, includesRole, isRole, may, type Permission, type Role } from './permissions';
export { auditSearchSchema, type AuditRow, type AuditSearch, type Breach } from './audit/schema';
export { passwordStrength, type PasswordStrength } from './people/password-strength';
export * from './schema';
export * from './vault/schema';
