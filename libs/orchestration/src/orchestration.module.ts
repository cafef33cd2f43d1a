import { type DynamicModule, Inject, Module, type Type } from '@nestjs/common';
import { TROUPE_OPTIONS, type TroupeOptions } from '@troupe/nest';
import { definitionOf } from './definition/definition.ts';
import { orchestrationOf } from './definition/orchestration.ts';
import { OrchestrationDefinitionError } from './errors.ts';
import { type Face, faceOf } from './http/face.ts';
import { FACES, httpFaces } from './http/faces.ts';

/** Runs orchestrations in an app, each with its HTTP face: `OrchestrationModule.forFeature(Fulfilment)`. */
@Module({})
export class OrchestrationModule {
  /** @throws OrchestrationDefinitionError for a face whose app does not send the event that its `POST` begins with */
  constructor(
    @Inject(FACES) faces: readonly Face[],
    @Inject(TROUPE_OPTIONS) { produces = [] }: TroupeOptions,
  ) {
    for (const { name, starts } of faces) {
      if (produces.includes(starts)) continue;
      throw new OrchestrationDefinitionError(
        name,
        `is started over HTTP with ${starts.name}, which the app does not send: list it in "produces", or give it path: false`,
      );
    }
  }

  /**
   * Provides the classes, which are steps of the app by their `@Orchestration`.
   * @throws OrchestrationDefinitionError when one has none, cannot work, or has the path of another one
   */
  static forFeature(...classes: readonly Type[]): DynamicModule {
    const faces = classes.flatMap((cls) => {
      const options = orchestrationOf(cls);
      if (options === undefined) throw new OrchestrationDefinitionError(cls.name, 'has no @Orchestration');
      return faceOf(definitionOf(options)) ?? [];
    });
    const { controllers, providers } = httpFaces(faces);
    return { module: OrchestrationModule, controllers, providers: [...classes, ...providers] };
  }
}
