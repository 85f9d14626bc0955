'use client';

import { Download, Table2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { formatCount } from '@/components/time';
import { buttonStyles } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuItem } from '@/components/ui/menu';
import { PanelHead } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import { toast } from '@/components/ui/toast';
import { saveCsv, savePng, saveSvg, type ChartTable } from './download';

/** A table shows this many rows; CSV has them all. */
const ROWS = 500;

/**
 * ChartFrame is around every chart: the finding as its title, a switch to the same as a table, and downloads as PNG, SVG and CSV.
 * @param name of the downloaded files
 * @param svg gives the drawing to download; null while there is none
 */
export function ChartFrame({
  title,
  remark,
  name,
  table,
  svg,
  tools,
  children,
}: {
  title: ReactNode;
  remark?: ReactNode;
  name: string;
  table: () => ChartTable;
  svg: () => SVGSVGElement | null | undefined | Promise<SVGSVGElement | null>;
  tools?: ReactNode;
  children: ReactNode;
}) {
  const [asTable, setAsTable] = useState(false);
  const save = async (how: (name: string, svg: SVGSVGElement) => void | Promise<void>) => {
    const drawing = await svg();
    if (drawing === null || drawing === undefined) toast.error('There is no drawing to save here. Switch to the chart first.');
    else await how(name, drawing);
  };
  return (
    <>
      <PanelHead title={<span className="whitespace-normal">{title}</span>} remark={remark}>
        {tools}
        <IconButton
          size="sm"
          label={asTable ? 'Show as chart' : 'Show as table'}
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
          className={asTable ? 'bg-selected text-ink' : undefined}
        >
          <Table2 size={16} aria-hidden />
        </IconButton>
        <Menu
          trigger={
            <button type="button" aria-label="Download" className={buttonStyles({ look: 'ghost', size: 'sm', icon: true })}>
              <Download size={16} aria-hidden />
            </button>
          }
        >
          <MenuItem hint="picture" disabled={asTable} onClick={() => void save(savePng)}>
            PNG
          </MenuItem>
          <MenuItem hint="drawing" disabled={asTable} onClick={() => void save(saveSvg)}>
            SVG
          </MenuItem>
          <MenuItem hint="the numbers" onClick={() => saveCsv(name, table())}>
            CSV
          </MenuItem>
        </Menu>
      </PanelHead>
      {asTable ? <FrameTable name={name} table={table()} /> : children}
    </>
  );
}

function FrameTable({ name, table }: { name: string; table: ChartTable }) {
  const numeric = table.columns.map((_, i) => table.rows.every((row) => row[i] === null || typeof row[i] === 'number'));
  return (
    <div className="max-h-[420px] overflow-auto" role="region" aria-label={`Numbers of ${name}`} tabIndex={0}>
      <Table label={name} dense>
        <thead>
          <tr>
            {table.columns.map((column, i) => (
              <Th key={column} numeric={numeric[i]}>
                {column}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, ROWS).map((row, at) => (
            <tr key={at}>
              {row.map((value, i) => (
                <Td key={i} numeric={numeric[i]}>
                  {value ?? '–'}
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      {table.rows.length > ROWS && (
        <p className="px-4 py-2 text-12 text-ink-3">
          First {ROWS} of {formatCount(table.rows.length)} rows. The download as CSV has them all.
        </p>
      )}
    </div>
  );
}
