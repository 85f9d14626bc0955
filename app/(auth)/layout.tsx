import { Logo } from '@/components/shell/logo';

/** AuthLayout is a quiet page outside any workspace: the product's name and one column. */
export default function AuthLayout({ children }: { children: React.ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-12 items-center gap-2 px-4 font-semibold sm:px-6">
        <Logo />
        Penstock
      </header>
      <main className="flex flex-1 flex-col items-center px-4 pt-[8vh] pb-12">{children}</main>
    </div>
  );
}
