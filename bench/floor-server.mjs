/** The floor of the bench `serve`: one process, node:http and onnxruntime-node, one tensor `x` of JSON in and out, nothing else. */
import { createServer } from 'node:http';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [file] = process.argv.slice(2);
const session = await InferenceSession.create(file, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const { inputs } = JSON.parse(Buffer.concat(chunks).toString());
    const [{ shape, data }] = inputs;
    const { probability } = await session.run({ x: new Tensor('float32', Float32Array.from(data), shape) });
    const text = JSON.stringify({ outputs: [{ name: 'probability', datatype: 'FP32', shape: probability.dims, data: [...probability.data] }] });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit(0));
