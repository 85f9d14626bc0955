import { formatBytes } from '@/components/time';
import { Table, Td, Th } from '@/components/ui/table';
import { type ModelFile } from '@/lib/registry';

/** FileTable lists a version's files with their digests. */
export const FileTable = ({ files }: { files: readonly ModelFile[] }) => (
  <Table label="Files">
    <thead>
      <tr>
        <Th>Path</Th>
        <Th numeric>Size</Th>
        <Th>sha256</Th>
      </tr>
    </thead>
    <tbody>
      {files.map((file) => (
        <tr key={file.path}>
          <Td className="mono">{file.path}</Td>
          <Td numeric>{formatBytes(file.bytes)}</Td>
          <Td className="mono max-w-56 truncate text-ink-2" title={file.sha256}>
            {file.sha256}
          </Td>
        </tr>
      ))}
    </tbody>
  </Table>
);
