/** The four roles of a workspace, weakest first; each includes the ones before it. */
export const ROLES = ['viewer', 'editor', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What each thing a person can do needs at least. This table is the whole of the product's authorisation. */
export const PERMISSIONS = {
  'workspace:read': 'viewer',
  'workspace:write': 'admin',
  'pipeline:read': 'viewer',
  'pipeline:write': 'editor',
  'pipeline:publish': 'editor',
  'pipeline:delete': 'editor',
  'run:read': 'viewer',
  'run:write': 'editor',
  'dataset:read': 'viewer',
  'dataset:write': 'editor',
  'dataset:release': 'approver',
  'file:read': 'viewer',
  'file:write': 'editor',
  'model:read': 'viewer',
  'model:write': 'editor',
  'endpoint:read': 'viewer',
  'endpoint:write': 'editor',
  'rollout:read': 'viewer',
  'rollout:write': 'editor',
  'rollout:decide': 'approver',
  'approval:read': 'viewer',
  'approval:decide': 'approver',
  'event:read': 'viewer',
  'calendar:read': 'viewer',
  'calendar:write': 'editor',
  'pool:read': 'viewer',
  'pool:write': 'admin',
  'cluster:read': 'viewer',
  'variable:read': 'viewer',
  'variable:write': 'editor',
  'secret:read': 'viewer',
  'secret:write': 'admin',
  'connection:read': 'viewer',
  'connection:write': 'admin',
  'channel:read': 'viewer',
  'channel:write': 'admin',
  'member:read': 'viewer',
  'member:write': 'admin',
  'token:read': 'admin',
  'token:write': 'admin',
  'audit:read': 'viewer',
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof PERMISSIONS;

/** isRole tells whether a text names one of the four roles. */
export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/** includesRole tells whether someone with `held` may do what needs `needed`. */
export const includesRole = (held: Role, needed: Role): boolean =>
  ROLES.indexOf(held) >= ROLES.indexOf(needed);

/** may tells whether a role includes a permission; pages use it to leave out what a person may not do. */
export const may = (role: Role, permission: Permission): boolean =>
  includesRole(role, PERMISSIONS[permission]);
