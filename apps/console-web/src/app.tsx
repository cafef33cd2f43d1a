import { type ReactNode, useEffect, useRef } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { AlertsPage } from './alerts/alerts-page.tsx';
import { WherePage } from './flow/where-page.tsx';
import { FlowsPage } from './flows/flows-page.tsx';
import { Search } from './search/search.tsx';
import { StartPage } from './search/start-page.tsx';
import { StepsPage } from './steps/steps-page.tsx';

const PLACES = [
  { path: '/ui/flows', name: 'Flows' },
  { path: '/ui/steps', name: 'Steps' },
  { path: '/ui/alerts', name: 'Alerts' },
];

/** The whole page. Every view has an address of its own, which can be handed on. */
export function App() {
  const [path] = useLocation();
  return (
    <>
      <header className="top">
        <Link href="/" className="name" aria-current={path === '/' ? 'page' : undefined}>
          Troupe
        </Link>
        <nav aria-label="Views">
          {PLACES.map(({ path: to, name }) => (
            <Link key={to} href={to} aria-current={path === to ? 'page' : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        {path !== '/' && <Search />}
      </header>
      <Main path={path}>
        <Switch>
          <Route path="/" component={StartPage} />
          <Route path="/ui/where" component={WherePage} />
          <Route path="/ui/flows" component={FlowsPage} />
          <Route path="/ui/steps" component={StepsPage} />
          <Route path="/ui/alerts" component={AlertsPage} />
          <Route component={NoPage} />
        </Switch>
      </Main>
    </>
  );
}

/** Whoever goes to another view by keyboard, or hears the page, begins at that view. */
function Main({ path, children }: { readonly path: string; readonly children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus();
  }, [path]);
  return (
    <main ref={main} tabIndex={-1}>
      {children}
    </main>
  );
}

function NoPage() {
  return (
    <>
      <title>No such page – Troupe</title>
      <h1>There is no such page</h1>
      <p>
        Look for an order <Link href="/">at the start</Link>, or at the flows, steps and alerts above.
      </p>
    </>
  );
}
