import { notFound } from 'next/navigation';

/** UnknownPage keeps the workspace's frame around an address that leads nowhere in it. */
export default function UnknownPage() {
  notFound();
}
