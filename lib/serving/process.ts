/** The routing process of the gateway: its door is apart from server.ts, since it must not load the database's client. */
export { type Assign } from './gateway/assign';
export { runRouter } from './gateway/run-router';
