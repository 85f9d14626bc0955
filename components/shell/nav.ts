import {
  Activity,
  Boxes,
  CalendarClock,
  CalendarRange,
  CirclePlay,
  Database,
  FolderOpen,
  House,
  LayoutTemplate,
  Radio,
  ScrollText,
  Server,
  Settings,
  ShieldCheck,
  Signpost,
  Workflow,
  Zap,
  type LucideIcon,
} from 'lucide-react';
import type { Permission } from '@/lib/tenancy';

export type NavItem = {
  label: string;
  /** Address inside the workspace. */
  path: string;
  Icon: LucideIcon;
  needs: Permission;
  /** Keys of "go to": g, then this. */
  go: string;
};

type Group = { label: string | null; items: readonly NavItem[] };

/** NAV is every page of the rail, in order; the last group stands at the foot. */
export const NAV: readonly Group[] = [
  { label: null, items: [{ label: 'Home', path: '', Icon: House, needs: 'workspace:read', go: 'h' }] },
  {
    label: 'Build',
    items: [
      { label: 'Pipelines', path: '/pipelines', Icon: Workflow, needs: 'pipeline:read', go: 'p' },
      { label: 'Datasets', path: '/datasets', Icon: Database, needs: 'dataset:read', go: 'd' },
      { label: 'Files', path: '/files', Icon: FolderOpen, needs: 'file:read', go: 'f' },
      { label: 'Templates', path: '/templates', Icon: LayoutTemplate, needs: 'pipeline:write', go: 't' },
    ],
  },
  {
    label: 'Run',
    items: [
      { label: 'Runs', path: '/runs', Icon: CirclePlay, needs: 'run:read', go: 'r' },
      { label: 'Backfills', path: '/backfills', Icon: CalendarRange, needs: 'run:read', go: 'b' },
      { label: 'Schedules', path: '/schedules', Icon: CalendarClock, needs: 'pipeline:read', go: 'c' },
      { label: 'Events', path: '/events', Icon: Zap, needs: 'event:read', go: 'n' },
    ],
  },
  {
    label: 'Models',
    items: [
      { label: 'Registry', path: '/models', Icon: Boxes, needs: 'model:read', go: 'x' },
      { label: 'Endpoints', path: '/endpoints', Icon: Radio, needs: 'endpoint:read', go: 'e' },
      { label: 'Rollouts', path: '/rollouts', Icon: Signpost, needs: 'rollout:read', go: 'l' },
      { label: 'Monitoring', path: '/monitoring', Icon: Activity, needs: 'endpoint:read', go: 'm' },
    ],
  },
  {
    label: 'Watch',
    items: [{ label: 'Approvals', path: '/approvals', Icon: ShieldCheck, needs: 'approval:read', go: 'v' }],
  },
  {
    label: null,
    items: [
      { label: 'Operate', path: '/operate/queue', Icon: Server, needs: 'pool:read', go: 'o' },
      { label: 'Audit', path: '/audit', Icon: ScrollText, needs: 'audit:read', go: 'a' },
      { label: 'Settings', path: '/settings/members', Icon: Settings, needs: 'member:read', go: 's' },
    ],
  },
];

/** isCurrent tells whether a nav item stands for the open page. @param inside pathname without /w/{workspace} */
export const isCurrent = (item: NavItem, inside: string): boolean => {
  const root = /^\/(settings|operate)(?=\/)/.exec(item.path)?.[0] ?? item.path;
  return root === '' ? inside === '' : inside === root || inside.startsWith(`${root}/`);
};
