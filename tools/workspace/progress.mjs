const STILL = 10_000;

/**
 * Does one piece of work and shows that it lives: a line when it begins, one every ten seconds, one with the time
 * that it took.
 */
export async function step(title, work) {
  const began = Date.now();
  console.log(`${title} ...`);
  const alive = setInterval(() => console.log(`  still at it (${seconds(began)})`), STILL);
  try {
    const result = await work();
    console.log(`  done in ${seconds(began)}`);
    return result;
  } finally {
    clearInterval(alive);
  }
}

function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}
