import { enableCompileCache, setSourceMapsSupport } from 'node:module';
import { join } from 'node:path';

/*
 * What every app that Node runs is started with, before its own main file. Stack traces name lines of TypeScript;
 * those of packages are left as they are, for their maps would all be read at each start. And what V8 made of the
 * modules is kept, so that the next start compiles nothing again that is as it was.
 */
setSourceMapsSupport(true);
enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/troupe/compiled'));
