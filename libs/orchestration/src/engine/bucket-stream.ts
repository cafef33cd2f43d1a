import { DiscardPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';

/** The bucket of an app's orchestrations, for whoever makes it in the app's place. */
export function orchestrationBucket(bucket: string, replicas: number) {
  return bucketStream(`KV_${bucket}`, `$KV.${bucket}.>`, replicas);
}

/** The stream of a bucket as the client of any key-value bucket expects it, with a time to live for single keys. */
export function bucketStream(name: string, subjects: string, replicas: number) {
  return {
    name,
    subjects: [subjects],
    max_msgs_per_subject: 1,
    discard: DiscardPolicy.New,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: replicas,
    allow_rollup_hdrs: true,
    allow_direct: true,
    deny_delete: true,
    allow_msg_ttl: true,
  };
}
