import { Logo } from '@/components/shell/logo';
import { ButtonLink } from '@/components/ui/button';

/** NotFound stands where no page is, and where a workspace is not one of the visitor's. */
export default function NotFound() {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-12 items-center gap-2 px-4 font-semibold sm:px-6">
        <Logo />
        Penstock
      </header>
      <main className="mx-auto flex w-full max-w-[380px] flex-1 flex-col gap-4 px-4 pt-[8vh]">
        <div>
          <h1>There is no such page</h1>
          <p className="mt-1 text-ink-2">
            The address may be mistyped, or it belongs to a workspace that you are no member of.
          </p>
        </div>
        <div>
          <ButtonLink href="/" look="primary">
            To my workspace
          </ButtonLink>
        </div>
      </main>
    </div>
  );
}
