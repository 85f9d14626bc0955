import { Table, Td, Th } from '@/components/ui/table';
import { type Signature } from '@/lib/registry';
import { shapeText } from './words';

/** SignatureTable shows what a model takes and gives: tensors, and the named features that they are made of. */
export function SignatureTable({ signature }: { signature: Signature }) {
  const rows = [...signature.inputs.map((tensor) => ({ tensor, gives: false })), ...signature.outputs.map((tensor) => ({ tensor, gives: true }))];
  return (
    <Table label="Signature">
      <thead>
        <tr>
          <Th>Tensor</Th>
          <Th>Datatype</Th>
          <Th>Shape</Th>
          <Th>Features</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ tensor, gives }) => (
          <tr key={`${gives ? 'out' : 'in'} ${tensor.name}`}>
            <Td>
              <span className="text-ink-3">{gives ? 'gives ' : 'takes '}</span>
              <span className="mono font-medium">{tensor.name}</span>
            </Td>
            <Td className="mono text-ink-2">{tensor.datatype}</Td>
            <Td className="mono text-ink-2">{shapeText(tensor)}</Td>
            <Td className="whitespace-normal text-ink-2">
              {gives
                ? ''
                : signature.features
                    .filter((feature) => feature.input === tensor.name)
                    .map((feature) => `${feature.name} (${feature.type})`)
                    .join(', ')}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
