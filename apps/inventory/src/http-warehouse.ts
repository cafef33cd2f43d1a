import { type ServiceCall, ServiceClient } from '@troupe/nest';
import { type Picking, Warehouse } from './warehouse.ts';

/** A warehouse that is called over HTTP. */
export class HttpWarehouse extends Warehouse {
  readonly #service: ServiceClient;

  constructor(url: string) {
    super();
    this.#service = new ServiceClient({ name: 'warehouse', url });
  }

  async putAside(picking: Picking, call: ServiceCall): Promise<void> {
    await this.#service.post('/reservations', picking, call);
  }
}
