import type { Provider, Type } from '@nestjs/common';
import { OrchestrationDefinitionError } from '../errors.ts';
import { controllerOf } from './controller.ts';
import type { Face } from './face.ts';
import { OrchestrationsHost } from './host.ts';
import { Waiting } from './waiting.ts';

/** Token of the app's faces in Nest's injector. */
export const FACES = Symbol('troupe:orchestration-faces');

/**
 * What a module needs for the HTTP faces of its orchestrations.
 * @throws OrchestrationDefinitionError when two have one path
 */
export function httpFaces(faces: readonly Face[]): { controllers: Type[]; providers: Provider[] } {
  for (const face of faces) {
    const twin = faces.find((other) => other !== face && other.path === face.path);
    if (twin !== undefined)
      throw new OrchestrationDefinitionError(face.name, `has the path /${face.path} of ${twin.name} too`);
  }
  return {
    controllers: faces.map(controllerOf),
    providers: [{ provide: FACES, useValue: faces }, OrchestrationsHost, Waiting],
  };
}
