/** whenTrue asks again until the answer is yes. @throws Error when it was not within the time */
export async function whenTrue(ask: () => Promise<boolean>, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    if (await ask()) return;
    if (Date.now() > until) throw new Error(`It did not become true within ${withinMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
