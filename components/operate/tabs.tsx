import { TabLinks } from '@/components/ui/tabs';

/** OperateTabs leads between the pages on the machine. @param root address of the workspace */
export const OperateTabs = ({ root, current }: { root: string; current: 'queue' | 'cluster' }) => (
  <TabLinks
    label="Operate"
    current={current}
    className="mb-4"
    tabs={[
      { value: 'queue', label: 'Queue', href: `${root}/operate/queue` },
      { value: 'cluster', label: 'Cluster', href: `${root}/operate/cluster` },
    ]}
  />
);
