/**
 * What every npm script runs: makes sure that the packages are installed, then runs the command under the Node that
 * they bring along. Works on a bare Node 20 and an empty checkout, so nothing here may need a package, and this file
 * must be readable to still older versions, for the sentence below to reach their users.
 */
const MINIMUM_NODE = 20;

const major = Number(process.versions.node.split('.')[0]);
if (major < MINIMUM_NODE) {
  console.error(
    `This is Node ${process.versions.node}, which is too old: install Node ${MINIMUM_NODE} or newer (https://nodejs.org).`,
  );
  process.exitCode = 1;
} else {
  import('./commands.mjs')
    .then(({ runCommand }) => runCommand(process.argv[2], process.argv.slice(3)))
    .then(
      (code) => {
        process.exitCode = code;
      },
      (error) => {
        console.error(error.name === 'Failure' ? error.message : error);
        process.exitCode = 1;
      },
    );
}
