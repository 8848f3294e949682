/** CloudEvent types of ours (W1, W2). The prefix is ours alone. */
export const OWN_TYPE_PREFIX = 'io.splitwatch.';
export const TRANSACTION_TYPE = 'io.splitwatch.transaction.v1';
export const FRAUD_TYPE = 'io.splitwatch.fraud.v1';

/** `dataschema` of each: the `$id` of docs/schemas/{transaction,fraud}.v1.schema.json (W4). */
export const TRANSACTION_SCHEMA = 'urn:splitwatch:schema:transaction.v1';
export const FRAUD_SCHEMA = 'urn:splitwatch:schema:fraud.v1';

/**
 * Longest id of a transaction, `SOURCE#ID` in UTF-8, that any setting may allow: what score takes,
 * notify must take too, since ids of members travel with fraud events.
 */
export const TRANSACTION_ID_MAX_BYTES = 4_096;

/** CloudEvent source of what score sends. */
export const FRAUD_SOURCE = '/splitwatch/score';

/** Source of plain posts, with an id of their own or one made at the door (S3). */
export const POST_SOURCE = '/splitwatch/post';
