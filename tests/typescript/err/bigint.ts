type A = bigint
