export { testDatabase } from './database';
export { makeContext, makeUser, makeWorkspace, type TestContext } from './factories';
export { fakeClock } from './fake-clock';
export { publishSpec } from './product';
