import { register } from 'tsx/esm/api';
register();
const [name, ...rest] = process.argv.slice(2);
const options = Object.fromEntries(rest.map((r) => r.replace(/^--/, '').split('=')));
const bench = await import(`/work/wt/h8/bench/${name}.ts`);
console.log(JSON.stringify(await bench.default(options, (t) => console.error(t))));
process.exit(0);
