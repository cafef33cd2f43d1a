import { randomUUID } from 'node:crypto';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';
import type { Service } from '@troupe/jetstream';
import type { Settings } from './settings.ts';

/** What every span and metric of this process says about it. The variables outrank what was found. */
export function resourceOf(
  settings: Pick<Settings, 'serviceName' | 'resourceAttributes'>,
  found: Service | undefined,
): Resource {
  const attributes = {
    ...(found && { [ATTR_SERVICE_NAME]: found.name }),
    ...(found?.version !== undefined && { [ATTR_SERVICE_VERSION]: found.version }),
    [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
    ...settings.resourceAttributes,
    ...(settings.serviceName !== undefined && { [ATTR_SERVICE_NAME]: settings.serviceName }),
  };
  return defaultResource().merge(resourceFromAttributes(attributes));
}
