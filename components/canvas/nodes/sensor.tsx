import { CalendarClock, Database, FileClock, Globe, Radar, Workflow } from 'lucide-react';
import type { Icon, NodeLook } from '../look';

const ICONS: Record<string, Icon> = { file: FileClock, dataset: Database, http: Globe, time: CalendarClock, run: Workflow };

export const sensor: NodeLook = {
  icon: (config) => ICONS[String(config.on)] ?? Radar,
  code: true,
  chips: () => [],
};
