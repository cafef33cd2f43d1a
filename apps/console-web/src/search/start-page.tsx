import { Firing } from '../alerts/firing.tsx';
import { Search } from './search.tsx';

/** One field to ask by, and what does not go on now. */
export function StartPage() {
  return (
    <>
      <title>Troupe console</title>
      <section className="start">
        <h1>Where is my order?</h1>
        <Search isFirst />
      </section>
      <section aria-labelledby="trouble">
        <h2 id="trouble">What does not go on</h2>
        <Firing />
      </section>
    </>
  );
}
