import { Link } from '@tanstack/react-router';
import { buttonVariants } from '../ui/button.tsx';

export function NotFoundPage() {
  return (
    <main className="grid min-h-[70dvh] place-content-center justify-items-center gap-2 px-6 text-center">
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <p className="text-muted-foreground">The link may be old, or a letter of it is missing.</p>
      <Link to="/" className={buttonVariants({ className: 'mt-3' })}>
        To the dashboard
      </Link>
    </main>
  );
}
